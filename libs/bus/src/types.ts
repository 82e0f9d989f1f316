import type { ConversationEvent, EventOf, StateCommitted } from "@skytide/events";
import type { BusConsumer, BusMessage, ConsumeOptions, ConsumerFacts } from "./consumer-types.ts";
import type { KeyValueBucket } from "./key-value-types.ts";
import type { Original } from "./original.ts";

export type InboundEvent = EventOf<"message.received" | "media.described" | "message.deleted">;
export type HandoffEvent = EventOf<
  | "escalation.raised"
  | "escalation.notified"
  | "escalation.failed"
  | "escalation.renotified"
  | "escalation.unanswered"
  | "escalation.resolved"
  | "bot.paused"
  | "bot.resumed"
>;

/** What happened to the connection. `stale` = the server stopped answering pings. */
export interface BusStatus {
  kind: "connected" | "disconnected" | "reconnecting" | "stale" | "error" | "closed";
  /** A code of the client or the server, never a payload. */
  code?: string;
  /** What the server refused: publishing or subscribing, and to what, without ids. */
  operation?: string;
  subject?: string;
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

export interface StreamFacts {
  /** The server's clock when it answered. */
  readAt: Date;
  createdAt: string;
  messages: number;
  bytes: number;
  /** The stream's limit; negative without one. */
  maxBytes: number;
  firstSequence: number;
  lastSequence: number;
}

/** What to read of a stream, beside every durable. */
export interface FollowOptions {
  stream: string;
  /** Subjects, wildcards allowed. */
  filters: readonly string[];
  from: "new" | "first" | { time: Date } | { sequence: number };
  /** Goes on with what comes; else it ends with what was there when it began. */
  live?: boolean;
  /** Leaves the bodies out: `json()` then throws. */
  headersOnly?: boolean;
  /** Name of the consumer, for a user that may make no other; one reader of that name at a time. */
  name?: string;
  signal?: AbortSignal;
}

interface ReadMessage {
  publishedAt: Date;
  headers: Record<string, string>;
  json(): unknown;
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
  /** The readable events of one lane of a conversation behind a sequence, complete up to what the leader has. */
  readLane(subject: string, after: number): Promise<Stored<ConversationEvent>[]>;
  /** When the first message after a sequence was stored that a durable would read; null when there is none. */
  firstAfter(durable: string, sequence: number): Promise<Date | null>;
  /** How many messages of a stream a filter matches. */
  countMessages(stream: string, filter: string): Promise<number>;
  /** Asks the leader for the last sequence of a subject; 0 when there is none. */
  lastSequence(subject: string): Promise<number>;
  /** Asks the leader for the message at a sequence, to show it; null when it is gone. Of the log, only operators and the brain. */
  readMessage(stream: string, sequence: number): Promise<ReadMessage | null>;
  /** Reads again what a durable of this stage read, or another message of its lanes; null when it is gone. */
  readOriginal(original: Original): Promise<ReadMessage | null>;
  /** Removes the message at a sequence; one that is gone already is no error. */
  removeMessage(stream: string, sequence: number): Promise<void>;
  /** The event before the one at `sequence` on its lane; null when there is none since then, or none that can be read. */
  readBefore(
    durable: string,
    subject: string,
    before: { sequence: number; since: Date },
  ): Promise<Stored<ConversationEvent> | null>;
  /** Removes what was stored before a time from the subjects of the log that a filter matches; a durable of the caller tells when. */
  purgeBefore(durable: string, filter: string, time: Date): Promise<number>;
  /** Keeps only the last `keep` messages of a subject. */
  trim(subject: string, keep: number): Promise<void>;
  /** A plain subscription: may miss messages, never waits for anything. */
  hint(subject: string, onMessage: (subject: string) => void): { stop(): void };
  consume(options: ConsumeOptions): BusConsumer;
  /** Reads a stream in order, each message once and already settled, without moving any durable. */
  follow(options: FollowOptions): AsyncGenerator<BusMessage, void, void>;
  /** Pauses a durable until a time, or ends its pause: meanwhile its pulls bring nothing. */
  pauseConsumer(stream: string, durable: string, until: Date | null): Promise<void>;
  consumerInfo(stream: string, durable: string): Promise<ConsumerFacts>;
  streamInfo(name: string): Promise<StreamFacts>;
  /** A bucket that `provision` created. */
  keyValue(bucket: string): KeyValueBucket;
  connected(): boolean;
  /** Version of the connected server, e.g. `2.14.5`. */
  serverVersion(): string;
  /** Resolves when the connection is gone for good. */
  closed: Promise<Error | undefined>;
  /** Sends what is buffered and closes. */
  drain(): Promise<void>;
}
