import type { LogFields } from "./log-fields.ts";

/** One model call. Its words stay here: only what it was and what it cost goes out. */
export interface Generation {
  name: string;
  model: string;
  operation: string;
  outcome: string;
  inputTokens?: number;
  cachedInputTokens?: number;
  outputTokens?: number;
  costUsd?: number | undefined;
  startedAt: Date;
  endedAt: Date;
}

export interface TraceSpan {
  name: string;
  type?: "span" | "tool" | "event";
  outcome: string;
  startedAt: Date;
  endedAt: Date;
  facts?: LogFields;
}

export interface TurnTrace {
  readonly traceparent: string;
  generation(generation: Generation): void;
  span(span: TraceSpan): void;
  /** Hands the whole turn over for sending; what comes after is ignored. */
  end(outcome: string, facts?: LogFields): void;
}

export interface TurnStart {
  name: string;
  /** The conversation's hash: Langfuse groups a conversation's turns by it. */
  sessionId: string;
  organizationId: string;
  /** The turn's own trace. */
  traceparent: string;
  /** Traceparents of the messages that the turn answers. */
  links?: readonly (string | undefined)[];
  startedAt?: Date;
}

/** Sends traces to Langfuse; never delays and never fails its caller. */
export interface Tracer {
  turn(start: TurnStart): TurnTrace;
  /** Sends what waits, for at most this long. */
  shutdown(deadlineMs: number): Promise<void>;
}
