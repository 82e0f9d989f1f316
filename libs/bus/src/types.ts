import type { ConversationEvent, EventOf, StateCommitted } from "@skytide/events";

export type InboundEvent = EventOf<"message.received" | "media.described" | "message.deleted">;
export type HandoffEvent = EventOf<
  | "escalation.raised"
  | "escalation.notified"
  | "escalation.failed"
  | "escalation.resolved"
  | "bot.paused"
  | "bot.resumed"
>;

/** What happened to the connection. `stale` = the server stopped answering pings. */
export interface BusStatus {
  kind: "connected" | "disconnected" | "reconnecting" | "stale" | "error" | "closed";
  /** A code of the client or the server, never a payload. */
  code?: string;
}

export interface BusOptions {
  /** One address or several, separated by commas: `nats://127.0.0.1:4222`. */
  servers: string;
  /** Shown by the server for this connection, e.g. `brain`. */
  name: string;
  user?: string | undefined;
  password?: string | undefined;
  nkeySeed?: string | undefined;
  credentialsFile?: string | undefined;
  /** Own inbox prefix where users may only read their own replies. */
  inboxPrefix?: string | undefined;
  /** How long the first connection is tried before giving up. */
  connectTimeoutMs?: number | undefined;
  onStatus?: ((status: BusStatus) => void) | undefined;
}

/** An event as it stands on the log. */
export interface Stored<Event> {
  sequence: number;
  publishedAt: Date;
  event: Event;
}

/** A conversation as the log's leader has it: the last state and everything that came after its cursor, in log order. */
export interface Conversation {
  state: Stored<StateCommitted> | null;
  inbound: Stored<InboundEvent>[];
  handoff: Stored<HandoffEvent>[];
  /** Last sequence of each lane, 0 when it is empty: what a commit fences on. */
  last: { state: number; inbound: number; handoff: number };
  /** Creation time of the stream, for the next cursor. */
  streamCreatedAt: string;
  /** False when the state's cursor belongs to another stream; both lanes are then read from their start. */
  cursorValid: boolean;
  /** Sequences of this conversation that hold no readable event; the cursor may pass them. */
  unreadable: number[];
}

/** Refuses the whole commit unless `lastSequence` is still the last one of `subject` (0 = the subject is empty). */
export interface Fence {
  subject: string;
  lastSequence: number;
}

export type CommitResult = { kind: "committed"; sequences: number[] } | { kind: "refused" };

export interface PublishOptions {
  /** The message id of the deduplication window; the event's id unless given. */
  messageId?: string;
  /** How long the publish is retried, always with the same id. */
  deadlineMs?: number;
}

export interface Published {
  sequence: number;
  duplicate: boolean;
}

export interface Schedule {
  /** `timer.…`: one pending timer per subject; scheduling again moves it. */
  subject: string;
  /** `due.…`: where it fires. */
  target: string;
  at: Date;
  headers?: Record<string, string>;
  body?: unknown;
  /** Leaves a pending timer as it is. */
  ifAbsent?: boolean;
}

export interface PendingTimer {
  at: Date;
  headers: Record<string, string>;
}

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
}

/** Messages of a durable. Holds at most `prefetch` unsettled ones, so what is yielded can be started at once. */
export interface BusConsumer extends AsyncIterable<BusMessage> {
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
  paused: boolean;
}

export interface StreamFacts {
  createdAt: string;
  messages: number;
  bytes: number;
  firstSequence: number;
  lastSequence: number;
}

export interface KeyValueEntry {
  revision: number;
  writtenAt: Date;
  value: unknown;
}

/** A bucket of JSON values with compare-and-set; keys are subject-safe tokens separated by dots. */
export interface KeyValueBucket {
  /** Read from the leader. */
  get(key: string): Promise<KeyValueEntry | null>;
  /** The new revision, or null when the key exists. */
  create(key: string, value: unknown, options?: { ttlMs?: number }): Promise<number | null>;
  /** The new revision, or null when `revision` is not the key's last any more. */
  update(key: string, value: unknown, revision: number, options?: { ttlMs?: number }): Promise<number | null>;
  /** Every kept value of the key, oldest first, read from the leader. */
  history(key: string): Promise<KeyValueEntry[]>;
  /** Removes that revision and no other: nothing happens when it is gone already. */
  remove(revision: number): Promise<void>;
  /** Removes the key with its history. */
  purge(key: string): Promise<void>;
}

/** The log: the only door to NATS. */
export interface Bus {
  /** Stores one event and resolves when the server confirmed it. */
  publish(event: ConversationEvent, options?: PublishOptions): Promise<Published>;
  /** Stores one record on `ops.<org>.<kind>`. */
  publishOperation(subject: string, json: unknown, messageId: string): Promise<Published>;
  /** Stores one record on `dead.…` or `retry.…`. */
  publishDeadLetter(
    subject: string,
    json: unknown,
    messageId: string,
    headers?: Record<string, string>,
  ): Promise<Published>;
  /** Stores all events in one atomic batch, or none. */
  commit(options: { events: ConversationEvent[]; fences: Fence[] }): Promise<CommitResult>;
  /** Arms or moves a timer. */
  schedule(options: Schedule): Promise<void>;
  readTimer(subject: string): Promise<PendingTimer | null>;
  cancel(subject: string): Promise<void>;
  /** Publishes a fired timer directly. */
  fire(dueSubject: string, headers?: Record<string, string>): Promise<void>;
  readConversation(options: { organizationId: string; chat: string }): Promise<Conversation>;
  /** Asks the leader for the last sequence of a subject; 0 when there is none. */
  lastSequence(subject: string): Promise<number>;
  /** Asks the leader for the message at a sequence, to show or repeat it; null when it is gone. */
  readMessage(
    stream: string,
    sequence: number,
  ): Promise<{ publishedAt: Date; headers: Record<string, string>; json(): unknown } | null>;
  /** Keeps only the last `keep` messages of a subject. */
  trim(subject: string, keep: number): Promise<void>;
  /** A plain subscription: may miss messages, never waits for anything. */
  hint(subject: string, onMessage: (subject: string) => void): { stop(): void };
  consume(options: ConsumeOptions): BusConsumer;
  consumerInfo(stream: string, durable: string): Promise<ConsumerFacts>;
  streamInfo(name: string): Promise<StreamFacts>;
  /** A bucket that `provision` created. */
  keyValue(bucket: string): KeyValueBucket;
  connected(): boolean;
  /** Resolves when the connection is gone for good. */
  closed: Promise<Error | undefined>;
  /** Sends what is buffered and closes. */
  drain(): Promise<void>;
}

/** A difference between a stream or consumer on the server and what this version wants. */
export interface Drift {
  kind: "stream" | "consumer";
  /** `CONVERSATIONS`, or `CONVERSATIONS/recorder`. */
  name: string;
  field: string;
  wanted: unknown;
  found: unknown;
  /** True when `apply` corrected it. */
  applied: boolean;
}

export interface ProvisionOptions {
  /** Copies of each stream: 1 alone, 3 in a cluster. */
  replicas?: number;
  /** Byte limit of CONVERSATIONS. */
  maxBytes?: number;
  /** How long CONVERSATIONS keeps events. */
  maxAgeDays?: number;
  /** Corrects what can be corrected without losing messages. */
  apply?: boolean;
}

export interface ProvisionReport {
  created: string[];
  unchanged: string[];
  drift: Drift[];
}
