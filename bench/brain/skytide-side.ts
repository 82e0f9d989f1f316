// One side of npm run bench:brain: the brain's own turn, from reading the conversation to the batch that it would commit.
import { chart, createDecider } from "../../services/brain/src/conversation/index.ts";
import { createTools } from "../../services/brain/src/tools/index.ts";
import { createTurn } from "../../services/brain/src/turn/index.ts";
import { facts, lines, model, store } from "./clinic.ts";
import { measureDialogues } from "./measure.ts";
import { createMemoryLog } from "./memory-log.ts";

const conversation = { organizationId: "a0000000-0000-4000-8000-000000000001", chat: "k1_AAAAAAAAAAAAAAAAAAAAAA" };
const START = Date.parse("2026-11-22T19:05:00Z");
const nothing = async () => undefined;
const tools = createTools({ store, model, embedder: null });
const decide = createDecider({ model });

async function play(): Promise<number[]> {
  let turns = 0;
  const now = () => new Date(START + turns * 20_000);
  const memory = createMemoryLog(conversation, now);
  const turn = createTurn({
    log: memory.log,
    leases: { acquire: async () => ({ lost: new AbortController().signal, release: nothing }) },
    journals: { open: async () => createJournal() },
    timers: {
      armBurst: nothing,
      armNow: nothing,
      armLater: nothing,
      armIfWaiting: nothing,
      armNudge: nothing,
    } as never,
    watch: () => ({ stop: () => undefined }),
    beginTurn: async () => facts,
    chart,
    decide,
    tools,
    settings: {
      mediaWaitMs: 0,
      debounceMaxMs: 30_000,
      turnBudgetMs: 60_000,
      turnDeadlineMs: 900_000,
      agentEnabled: true,
    },
    now,
  });
  const bytes: number[] = [];
  for (const { says, taps } of lines) {
    turns += 1;
    if (says !== undefined) memory.receive({ kind: "text", text: says });
    else memory.receive({ kind: "tap", title: taps ?? "", payload: payloadOf(memory.replies(), taps ?? "") } as never);
    const result = await turn({ ...conversation, signal: new AbortController().signal });
    if (result.kind !== "committed") throw new Error(`The turn ended as ${result.kind}.`);
    bytes.push(memory.stateBytes());
  }
  const said = memory
    .replies()
    .map(({ text }) => text)
    .join();
  if (!said.includes("recordatorios")) throw new Error(`The dialogue did not end as it should: ${said}`);
  return bytes;
}

/** What a journal keeps of a turn passes through JSON too. */
function createJournal() {
  const entries: { kind: string; result: unknown }[] = [];
  return {
    entries,
    append: async (entry: { kind: string; result: unknown }) => void entries.push(JSON.parse(JSON.stringify(entry))),
    drop: nothing,
  };
}

function payloadOf(messages: readonly object[], title: string): string {
  const options = messages.flatMap((message) =>
    "buttons" in message ? message.buttons : "rows" in message ? message.rows : [],
  ) as {
    title: string;
    payload: string;
  }[];
  const found = options.find((option) => option.title === title);
  if (found === undefined) throw new Error(`Nobody offered "${title}".`);
  return found.payload;
}

console.log(JSON.stringify(await measureDialogues(play, Number(process.argv[2] ?? 500))));
