/** A delivery of a durable consumer. Settle it exactly once with `ack`, `nak` or `term`: that frees its place in the prefetch. */
export interface BusMessage {
  subject: string;
  sequence: number;
  publishedAt: Date;
  /** Deliveries before this one. */
  redelivered: number;
  headers: Record<string, string>;
  /** The body as JSON. Throws PermanentError `malformed-json`. */
  json(): unknown;
  /** Resolves when the server confirmed. */
  ack(): Promise<void>;
  nak(delayMs: number): void;
  /** Restarts the ack wait. */
  working(): void;
  term(reason: string): void;
  /** Frees its place in the prefetch before it is settled. */
  release(): void;
}

/** Messages of a durable. Holds at most `prefetch` unsettled ones, so what is yielded can be started at once. */
export interface BusConsumer extends AsyncIterable<BusMessage> {
  /** No new pulls while true; those that are open may still bring what they asked for. */
  pause(paused: boolean): void;
  /** Whether the server owes it a word now, and since when it has said nothing. */
  signs(): { listening: boolean; heardMsAgo: number };
  /** Stops pulling, gives back what was not yielded yet and ends the iteration. What was yielded can still be settled. */
  stop(): Promise<void>;
}

export interface ConsumeOptions {
  stream: string;
  durable: string;
  /** Unsettled messages in hand at once: the worker's concurrency. */
  prefetch: number;
  expiresMs?: number;
}

export interface ConsumerFacts {
  pending: number;
  ackPending: number;
  redelivered: number;
  /** Sequence of the stream that was delivered last. */
  delivered: number;
  /** Everything up to this sequence of the stream is settled. */
  ackFloor: number;
  /** Pulls that wait for messages. */
  waiting: number;
  paused: boolean;
}
