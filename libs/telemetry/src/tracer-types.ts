/** Facts of a span: our own ids, codes and numbers, never words of people. */
export type TraceFacts = Readonly<Record<string, string | number | boolean | undefined>>;

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
  facts?: TraceFacts;
}

export interface TurnTrace {
  readonly traceparent: string;
  generation(generation: Generation): void;
  span(span: TraceSpan): void;
  /** Sends the whole turn; nothing after it. */
  end(outcome: string, facts?: TraceFacts): void;
}

export interface TurnStart {
  name: string;
  /** The conversation's hash: Langfuse groups a conversation's turns by it. */
  sessionId: string;
  organizationId: string;
  /** The turn's own trace. */
  traceparent: string;
  /** Traces of the messages that the turn answers. */
  links?: readonly string[];
  startedAt?: Date;
}

/** Sends traces to Langfuse; never delays and never fails its caller. */
export interface Tracer {
  turn(start: TurnStart): TurnTrace;
  /** Sends what waits, at most until the deadline. */
  shutdown(deadlineMs: number): Promise<void>;
}
