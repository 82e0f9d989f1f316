import type { Bus } from "@skytide/bus";
import type { Journals, Leases } from "@skytide/coordination";
import type { Chart, createDecider, TurnFacts } from "../conversation/index.ts";
import type { TurnTimers } from "../timers.ts";
import type { Tools } from "../tools/index.ts";
import type { Customer } from "./turn-input.ts";

export interface ConversationId {
  organizationId: string;
  chat: string;
}

/** The database's answer at the start of a turn. */
export type BegunTurn = Omit<TurnFacts, "turnId" | "now"> & {
  chatIdentityId: string;
  /** The organization's own switch: false stops all answering, not the recording. */
  organization: { settings: { agentEnabled: boolean } };
};

interface TurnSettings {
  /** How long a turn waits for the description of a medium, in milliseconds from its receipt. */
  mediaWaitMs: number;
  /** After this long since the first message a newer one does not interrupt any more. */
  debounceMaxMs: number;
  /** Longest run of one attempt, in milliseconds. */
  turnBudgetMs: number;
  /** False: nobody is answered, everything is recorded. */
  agentEnabled: boolean;
}

/** What a turn needs of the outside. */
export interface TurnDeps {
  log: Pick<Bus, "readConversation" | "commit" | "lastSequence" | "trim">;
  leases: Leases;
  journals: Journals;
  timers: TurnTimers;
  /** Tells of newer messages of a conversation while its turn runs. */
  watch(conversation: ConversationId, onMessage: () => void): { stop(): void };
  /** `customer` is null when only the hand-off moved: the identity is known by then. */
  beginTurn(conversation: ConversationId, customer: Customer | null): Promise<BegunTurn>;
  chart: Chart;
  decide: ReturnType<typeof createDecider>;
  tools: Tools;
  settings: TurnSettings;
  now(): Date;
}
