import type { Bus } from "@skytide/bus";
import type { Journals, Leases } from "@skytide/coordination";
import type { ReminderButton, ReplyDrafted } from "@skytide/events";
import type { CrashPoint } from "@skytide/stage";
import type { TurnBrief } from "../brief/index.ts";
import type { Chart, createDecider, TurnFacts } from "../conversation/index.ts";
import type { TurnTimers } from "../timers.ts";
import type { Tools } from "../tools/index.ts";
import type { LineElsewhere } from "./said-elsewhere.ts";
import type { Customer } from "./turn-input.ts";

export interface ConversationId {
  organizationId: string;
  chat: string;
}

/** Where a turn speaks with the customer: over WhatsApp, or with whoever called `POST /invoke`. */
export type Channel = "whatsapp" | "invoke";

/** The database's answer at the start of a turn. */
export type BegunTurn = Omit<TurnFacts, "turnId" | "now"> & {
  /** An operator's pause holds the conversation. */
  paused?: boolean;
  chatIdentityId: string;
  organization: {
    timezone: string;
    settings: {
      /** The organization's own switch: false stops all answering, not the recording. */
      agentEnabled: boolean;
      /** After so many failed turns in a row a person is asked for. */
      maxFailedTurns: number;
      /** After how long an unanswered proposal is asked about once; null: never. */
      nudgeMinutes?: number | null;
      /** `HH:MM` on the organization's clock, between which nobody is asked anything unbidden. */
      quietHoursStart?: string | null;
      quietHoursEnd?: string | null;
    };
  };
};

interface TurnSettings {
  /** How long a turn waits for the description of a medium, in milliseconds from its receipt. */
  mediaWaitMs: number;
  /** After this long since the first message a newer one does not interrupt any more. */
  debounceMaxMs: number;
  /** Longest run of one attempt, in milliseconds. */
  turnBudgetMs: number;
  /** How long a failing turn is repeated, and a state of a newer version left alone, in milliseconds. */
  turnDeadlineMs: number;
  /** False: nobody is answered, everything is recorded. */
  agentEnabled: boolean;
}

/** What a turn needs of the outside. */
export interface TurnDeps {
  log: Pick<Bus, "readConversation" | "readLane" | "commit" | "lastSequence" | "trim">;
  leases: Leases;
  journals: Pick<Journals, "open">;
  timers: TurnTimers;
  /** Tells of newer messages of a conversation while its turn runs. */
  watch(conversation: ConversationId, onMessage: () => void): { stop(): void };
  /** `customer` is null when only the hand-off moved: the identity is known by then. */
  beginTurn(conversation: ConversationId, customer: Customer | null): Promise<BegunTurn>;
  /** What staff and reminders said in the conversation since then. */
  saidElsewhere?(of: ConversationId & { since: string }): Promise<LineElsewhere[]>;
  /** What a reminder's button stands for; null where nobody of ours signed it for this conversation. */
  readButton?(conversation: ConversationId, payload: string): ReminderButton | null;
  chart: Chart;
  decide: ReturnType<typeof createDecider>;
  tools: Tools;
  /** How the organization wants its conversations thought about; without it everybody is treated alike. */
  brief?(conversation: ConversationId, facts: BegunTurn): TurnBrief;
  /** Shows a draft to staff. Called again with the same id, it is the same draft. */
  showDraft?(conversation: ConversationId, draft: ReplyDrafted, chatIdentityId: string): Promise<void>;
  settings: TurnSettings;
  now(): Date;
  /** Where a kill test may stop the process. */
  crashPoint?(name: Extract<CrashPoint, "before_commit" | "after_commit_before_ack">): void;
}
