import { describe, expect, test } from "vitest";
import { chart, type Snapshot } from "../../src/conversation/index.ts";
import { opened } from "../../src/conversation/machine.ts";
import { allowedIn } from "../../src/conversation/offer.ts";
import { leafNodes, leafStates } from "./diagram.ts";
import { explore, type Turn, WORLDS } from "./explore.ts";

/** Where a turn may end without a word: a person has the conversation, or is on the way. */
const SILENT = ["human", "escalation.awaitingNotice"];
const visited = new Set<string>();
/** Its limit on a machine that is busy with others; alone it takes seconds. */
const LIMIT_MS = 600_000;

describe.each(Object.entries(WORLDS))("%s, in every reachable state", (_who, world) => {
  test(
    "comes to rest with an answer, can ask for a person, and has something to say",
    () => {
      const broken = new Set<string>();
      const count = explore(world, (turn) => {
        const what = `${statesOf(turn.from)} -- ${turn.event.type} --> ${statesOf(turn.to)}`;
        for (const wrong of wrongIn(turn)) broken.add(`${wrong}: ${what}`);
        visited.add(statesOf(turn.to));
      });
      expect([...broken]).toEqual([]);
      expect(count).toBeGreaterThan(100);
    },
    LIMIT_MS,
  );
});

test("every state in which a conversation can rest was reached", () => {
  const resting = new Set(leafNodes().flatMap(({ tags, key }) => (tags.includes("wait") ? key : [])));
  const missing = leafStates().filter((path) => resting.has(path.split(".").at(-1) ?? "") && !visited.has(path));
  expect(missing).toEqual([]);
});

function statesOf(snapshot: Snapshot): string {
  return chart.states(snapshot).join();
}

function wrongIn({ event, from, to, taken, replies }: Turn): string[] {
  const isCustomer = /^(agent|customer)\./.test(event.type);
  const isSilent = replies.length === 0 && !SILENT.includes(statesOf(to));
  const isPersonRefused = event.type === "agent.ask_person" && !taken && statesOf(from) !== "human";
  return [
    ...(chart.waiting(to) ? [] : ["no rest"]),
    ...(isCustomer && taken && isSilent ? ["silence"] : []),
    ...(isPersonRefused ? ["no person"] : []),
    ...(visited.has(statesOf(to)) || isAlwaysOffered(to) ? [] : ["nothing offered"]),
  ];
}

/** Whatever is asked, a customer may book, ask for a person, or not be understood. */
function isAlwaysOffered(snapshot: Snapshot): boolean {
  if (statesOf(snapshot) === "human") return true;
  const said = { text: "mmm", messages: [{ id: "m", kind: "text" as const, text: "mmm" }], at: "2026-11-22T19:05:00Z" };
  const allowed = allowedIn(opened(chart.step(snapshot, { type: "customer.said", said }).snapshot));
  return (["book", "ask_person", "not_understood"] as const).every((name) => allowed.includes(name));
}
