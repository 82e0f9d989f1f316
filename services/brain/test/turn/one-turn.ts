import type { Conversation } from "@skytide/bus";
import type { ConversationEvent, EventOf } from "@skytide/events";
import { createTurn, type TurnDeps, type TurnReport } from "../../src/turn/index.ts";
import { chat, organizationId, received, stored } from "../events.ts";

type Given = Pick<TurnDeps, "chart" | "decide"> & Partial<TurnDeps> & { said: string; facts?: object; dueAt?: Date };

export interface OneTurn {
  report: TurnReport;
  /** The batch that was committed. */
  events: ConversationEvent[];
  of<Type extends ConversationEvent["type"]>(type: Type): EventOf<Type> | undefined;
}

/** Runs one turn of a conversation that begins with these words, with a log in memory that takes every commit. */
export async function oneTurn({ said, facts = {}, dueAt, ...given }: Given): Promise<OneTurn> {
  const events: ConversationEvent[] = [];
  const loaded: Conversation = {
    state: null,
    inbound: stored(received("m1", said, Date.now(), chat)),
    handoff: [],
    last: { state: 0, inbound: 1, handoff: 0 },
    streamCreatedAt: "2026-11-22T00:00:00Z",
    cursorValid: true,
    unreadable: [],
  };
  const never = { acts: false, perform: async () => ({}) };
  const entries: { kind: string; result: unknown }[] = [];
  const turn = createTurn({
    log: {
      readConversation: async () => loaded,
      commit: async (batch) => {
        events.push(...batch.events);
        return { kind: "committed", sequences: [] };
      },
      lastSequence: async () => 1,
      trim: async () => undefined,
    },
    leases: { acquire: async () => ({ lost: new AbortController().signal, release: async () => undefined }) },
    journals: {
      open: async () => ({ entries, append: async (entry) => void entries.push(entry), drop: async () => undefined }),
    },
    timers: {
      armBurst: async () => {},
      armNow: async () => {},
      armLater: async () => {},
      armIfWaiting: async () => {},
    },
    watch: () => ({ stop: () => undefined }),
    beginTurn: async () => ({
      chatIdentityId: "c0000000-0000-4000-8000-000000000001",
      botEnabled: true,
      organization: { name: "Aurora", timezone: "America/Bogota", locale: "es-CO", settings: { agentEnabled: true } },
      contact: null,
      services: [],
      members: [],
      appointments: [],
      consent: null,
      openEscalation: null,
      ...facts,
    }),
    tools: new Proxy({}, { get: () => never }) as TurnDeps["tools"],
    settings: { mediaWaitMs: 0, debounceMaxMs: 30_000, turnBudgetMs: 10_000, agentEnabled: true },
    now: () => new Date(),
    ...given,
  } as TurnDeps);
  const result = await turn({ organizationId, chat, signal: new AbortController().signal, ...(dueAt && { dueAt }) });
  if (result.kind !== "committed") throw new Error(result.kind);
  return {
    report: result.report,
    events,
    of: (type) => events.find((event) => event.type === type) as never,
  };
}
