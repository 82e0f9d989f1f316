import type { Conversation, Stored } from "@skytide/bus";
import type { ConversationCursor, ConversationEvent, EventOf, MessageReceived } from "@skytide/events";
import type { Said, SaidMessage } from "../conversation/index.ts";

type Description = EventOf<"media.described">["data"]["outcome"];

/** The sequences up to which a turn read; a replay after a side effect must read no further. */
export interface ReadLimit {
  inbound: number;
  handoff: number;
}

/** Who writes, and when they last did (ISO): the 24-hour window counts from it even while the recorder lags. */
export type Customer = MessageReceived["data"]["customer"] & { lastMessageAt: string };

/** What a turn has to take in, in log order. */
export interface TurnInput {
  /** The customer's words, all messages since the last answer as one; null when only the hand-off moved. */
  said: Said | null;
  messageIds: string[];
  /** Who wrote, by the newest message. */
  customer: Customer | null;
  handoff: ConversationEvent[];
  cursor: ConversationCursor;
  /** The customer has said nothing for so long that an open proposal is asked about once more. */
  silent?: true;
  /** When the first unanswered message was received. */
  firstAt: Date;
  /** Traces of the messages. */
  traceparents: string[];
  seen: string[];
  pendingMedia: string[];
}

/** What the state remembers of what was taken in. */
interface Remembered {
  seen: readonly string[];
  pendingMedia: readonly string[];
}

interface Reading {
  now: Date;
  mediaWaitMs: number;
  /** The longest wait for a burst, in milliseconds. */
  debounceMaxMs?: number;
  limit?: ReadLimit | undefined;
}

export type ReadResult =
  | { kind: "nothing-new" }
  | { kind: "waiting-for-media"; until: Date; firstAt: Date }
  | { kind: "ready"; input: TurnInput };

export const SEEN_LIMIT = 128;
const PENDING_LIMIT = 16;

/** Reads what is new in a conversation: messages not taken in yet, descriptions that were waited for, hand-off events. */
export function readTurnInput(
  conversation: Conversation,
  before: Remembered,
  { now, mediaWaitMs, debounceMaxMs = 0, limit }: Reading,
): ReadResult {
  const upTo = (lane: keyof ReadLimit) => (stored: Stored<ConversationEvent>) =>
    limit === undefined || stored.sequence <= limit[lane];
  const inbound = conversation.inbound.filter(upTo("inbound"));
  const handoff = conversation.handoff.filter(upTo("handoff"));
  const descriptions = descriptionsIn(inbound);
  const received = newMessages(inbound, before.seen);
  const pendingBefore = before.pendingMedia;
  const late = pendingBefore.filter((id) => descriptions.has(id));
  if (received.length === 0 && late.length === 0 && handoff.length === 0) return { kind: "nothing-new" };

  const firstAt = new Date(received[0]?.data.receivedAt ?? handoff[0]?.event.time ?? now);
  const undescribed = received.filter((event) => event.data.content.kind === "media" && !descriptions.has(event.id));
  const until = waitUntil(undescribed, mediaWaitMs, firstAt.getTime() + debounceMaxMs);
  if (until > now.getTime()) return { kind: "waiting-for-media", until: new Date(until), firstAt };

  const messages = [
    ...late.flatMap((id) => lateMessage(id, inbound)),
    ...received.map((event) => toSaidMessage(event, descriptions.get(event.id))),
  ];
  return {
    kind: "ready",
    input: {
      said: messages.length === 0 ? null : toSaid(messages, now),
      messageIds: received.map(({ id }) => id),
      customer: customerOf(received.at(-1)),
      handoff: handoff.map(({ event }) => event),
      cursor: nextCursor(conversation, limit),
      firstAt,
      traceparents: received.flatMap(({ traceparent }) => traceparent ?? []),
      seen: [...before.seen, ...received.map(({ id }) => id)].slice(-SEEN_LIMIT),
      pendingMedia: [...pendingBefore.filter((id) => !descriptions.has(id)), ...undescribed.map(({ id }) => id)].slice(
        -PENDING_LIMIT,
      ),
    },
  };
}

function customerOf(newest: MessageReceived | undefined): Customer | null {
  return newest === undefined ? null : { ...newest.data.customer, lastMessageAt: newest.data.receivedAt };
}

/** Everything read is behind the cursor, also what no turn needs and what nobody could read. */
function nextCursor(conversation: Conversation, limit: ReadLimit | undefined): ConversationCursor {
  return {
    inbound: limit?.inbound ?? conversation.last.inbound,
    handoff: limit?.handoff ?? conversation.last.handoff,
    streamCreatedAt: conversation.streamCreatedAt,
  };
}

function descriptionsIn(inbound: readonly Stored<ConversationEvent>[]): Map<string, Description> {
  const descriptions = new Map<string, Description>();
  for (const { event } of inbound) {
    if (event.type === "media.described") descriptions.set(event.data.messageId, event.data.outcome);
  }
  return descriptions;
}

/** Messages in log order, each once: the deduplication window of the log is minutes, a provider may redeliver after days. */
function newMessages(inbound: readonly Stored<ConversationEvent>[], seenBefore: readonly string[]): MessageReceived[] {
  const seen = new Set(seenBefore);
  for (const { event } of inbound) if (event.type === "message.deleted") seen.add(event.data.messageId);
  return inbound.flatMap(({ event }) => {
    if (event.type !== "message.received" || seen.has(event.id)) return [];
    seen.add(event.id);
    return [event];
  });
}

function toSaidMessage(event: MessageReceived, description: Description | undefined): SaidMessage {
  const { id } = event;
  const { content } = event.data;
  switch (content.kind) {
    case "text":
      return { id, kind: "text", text: content.text };
    case "tap":
      return { id, kind: "tap", text: content.title, ...(content.payload ? { tapPayload: content.payload } : {}) };
    case "media": {
      const described = description?.kind === "described" ? description.text : "";
      const text = [content.caption, described].filter(Boolean).join("\n");
      return { id, kind: "media", mediaType: content.mediaType, text, mediaUnreadable: described === "" };
    }
    case "location":
      return { id, kind: "location", text: [content.name, content.address].filter(Boolean).join(", ") };
    case "contact":
      return { id, kind: "contact", text: content.name ?? "" };
    case "unsupported":
      return { id, kind: "unsupported", text: "" };
  }
}

/** A description that came after its turn had run without it; what could still not be described was answered by then. */
function lateMessage(id: string, inbound: readonly Stored<ConversationEvent>[]): SaidMessage[] {
  const told = inbound.findLast(({ event }) => event.type === "media.described" && event.data.messageId === id);
  if (told?.event.type !== "media.described" || told.event.data.outcome.kind !== "described") return [];
  const { mimeType, outcome } = told.event.data;
  return [{ id, kind: "media", mediaType: mediaTypeOf(mimeType), text: outcome.text, mediaUnreadable: false }];
}

/** The message itself lies behind the cursor; what media found in its bytes says the same. */
function mediaTypeOf(mimeType: string | undefined): NonNullable<SaidMessage["mediaType"]> {
  const [kind] = (mimeType ?? "").split("/");
  return kind === "audio" || kind === "image" || kind === "video" ? kind : "file";
}

/** Each medium is waited for, but a customer who sends one after the other is answered in the end. */
function waitUntil(undescribed: readonly MessageReceived[], mediaWaitMs: number, capAt: number): number {
  const ends = undescribed.map((event) => Date.parse(event.data.receivedAt) + mediaWaitMs);
  return Math.min(Math.max(...ends), Math.max(Math.min(...ends), capAt));
}

function toSaid(messages: SaidMessage[], at: Date): Said {
  const text = messages.flatMap((message) => (message.text === "" ? [] : message.text)).join("\n");
  return { text, messages, at: at.toISOString() };
}
