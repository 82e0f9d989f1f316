import type { DialogueLine, LanguageModel } from "@skytide/models";
import type { ChartEvent, Decision, Effect, Reply, Said } from "./types.ts";

export { type Candidates, DECISION_NAMES, type DecisionName, decisions } from "./decisions.ts";
export type { ChartEvent, Decision, Effect, EffectKind, Reply, Said, SaidMessage, TurnFacts } from "./types.ts";

/** A snapshot of the statechart; opaque outside this folder. */
export interface Snapshot {
  readonly value: unknown;
}

export interface Chart {
  readonly name: "conversation";
  readonly version: number;
  initial(): Snapshot;
  /** A stored snapshot, or null when it cannot be read. */
  restore(stored: unknown): Snapshot | null;
  /** JSON for `state.committed`; facts and words of the turn are left out. */
  store(snapshot: Snapshot): unknown;
  /** Pure. `changed` is false when the event meant nothing in this snapshot. */
  step(
    snapshot: Snapshot,
    event: ChartEvent,
  ): { snapshot: Snapshot; effects: Effect[]; replies: Reply[]; changed: boolean };
  /** True when nothing is to be performed: the next move is the customer's (or the notifier's). */
  waiting(snapshot: Snapshot): boolean;
  /** Dotted paths of the active leaf states, such as `appointment.choosingSlot`. */
  states(snapshot: Snapshot): string[];
}

const notYet = (): never => {
  throw new Error("not built yet");
};

export const chart: Chart = {
  name: "conversation",
  version: 1,
  initial: notYet,
  restore: notYet,
  store: notYet,
  step: notYet,
  waiting: notYet,
  states: notYet,
};

interface DecideInput {
  snapshot: Snapshot;
  said: Said;
  /** Oldest first; its last line is what the customer said now. */
  history: readonly DialogueLine[];
  /** Journals the work under its kind; replayed results are not produced again. */
  run<T>(kind: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Groups calls for the provider's prompt cache: the organization. */
  cacheKey?: string;
  /** The chat's keyed hash. */
  safetyId?: string;
}

/** Decides what the customer's words mean in this snapshot: by code where code can, else by the model among what the snapshot accepts. */
export function createDecider(_deps: { model: LanguageModel }): (input: DecideInput) => Promise<Decision> {
  return notYet;
}
