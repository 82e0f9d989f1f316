import type { LogFields } from "./log-fields.ts";

/** What was said, for an organization that allowed its traces to hold it; without it the trace says that it is masked. */
export interface TraceContent {
  input: string;
  output: string;
}

/** One model call: what it was and what it cost. */
export interface Generation {
  name: string;
  model: string;
  operation: string;
  /** Version of the prompt. */
  prompt?: string | undefined;
  /** The span that it stands in; the turn's without it. */
  parent?: string | undefined;
  content?: TraceContent | undefined;
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
  /** The span that it stands in; the turn's without it. */
  parent?: string | undefined;
  content?: TraceContent | undefined;
  facts?: LogFields;
}

export interface TurnTrace {
  readonly traceparent: string;
  generation(generation: Generation): void;
  /** Gives the span's id, for what stands in it. */
  span(span: TraceSpan): string;
  /** Hands the whole turn over for sending; what comes after is ignored. */
  end(outcome: string, facts?: LogFields, content?: TraceContent): void;
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
  /** Now, unless given. */
  endedAt?: Date;
}

/** Sends traces to Langfuse; never delays and never fails its caller. */
export interface Tracer {
  turn(start: TurnStart): TurnTrace;
  /** Sends what waits, for at most this long. */
  shutdown(deadlineMs: number): Promise<void>;
}
