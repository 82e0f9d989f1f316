import {
  type ConversationEvent,
  conversationSubject,
  type Lane,
  parseEvent,
  type StateCommitted,
} from "@skytide/events";
import { type JetStream, orThrow } from "./jetstream.ts";
import { readBefore } from "./lane-reader.ts";
import { readLast, readRange, type StoredMessage } from "./read.ts";
import type { Conversation, HandoffEvent, InboundEvent, Stored } from "./types.ts";

const STREAM = "CONVERSATIONS";
const INBOUND: readonly string[] = ["message.received", "media.described", "message.deleted"];
const HANDOFF: readonly string[] = [
  "escalation.raised",
  "escalation.notified",
  "escalation.failed",
  "escalation.renotified",
  "escalation.unanswered",
  "escalation.resolved",
  "bot.paused",
  "bot.resumed",
];

/** Reads the last state of a conversation and what came after its cursors, complete up to what the leader has. */
export async function readConversation(
  jetStream: JetStream,
  { organizationId, chat }: { organizationId: string; chat: string },
): Promise<Conversation> {
  const lastOf = (lane: Lane) => readLast(jetStream, STREAM, conversationSubject(organizationId, chat, lane));
  const [streamCreatedAt, lastState, lastInbound, lastHandoff] = await Promise.all([
    readCreatedAt(jetStream),
    lastOf("state"),
    lastOf("inbound"),
    lastOf("handoff"),
  ]);
  const unreadable: number[] = [];
  const [state = null] = lastState ? parseAll([lastState], isState, unreadable) : [];
  const cursorValid = state === null || state.event.data.cursor.streamCreatedAt === streamCreatedAt;
  const cursor = state && cursorValid ? state.event.data.cursor : { inbound: 0, handoff: 0 };
  const after = (lane: Lane, sequence: number, last: number) =>
    readRange(jetStream, STREAM, conversationSubject(organizationId, chat, lane), { first: sequence + 1, last });
  const last = {
    state: lastState?.sequence ?? 0,
    inbound: lastInbound?.sequence ?? 0,
    handoff: lastHandoff?.sequence ?? 0,
  };
  const [inbound, handoff] = await Promise.all([
    after("inbound", cursor.inbound, last.inbound),
    after("handoff", cursor.handoff, last.handoff),
  ]);
  return {
    state,
    inbound: parseAll(inbound, isInbound, unreadable),
    handoff: parseAll(handoff, isHandoff, unreadable),
    last,
    streamCreatedAt,
    cursorValid,
    unreadable,
  };
}

/** The readable events of one lane behind a sequence, complete up to what the leader has. */
export async function readLane(
  jetStream: JetStream,
  subject: string,
  after: number,
): Promise<Stored<ConversationEvent>[]> {
  const last = (await readLast(jetStream, STREAM, subject))?.sequence ?? 0;
  const messages = last <= after ? [] : await readRange(jetStream, STREAM, subject, { first: after + 1, last });
  return parseAll(messages, (event): event is ConversationEvent => event !== null, []);
}

/** The event before another one on its lane; null when there is none since then, or none that can be read. */
export async function readEventBefore(
  jetStream: JetStream,
  durable: string,
  subject: string,
  before: { sequence: number; since: Date },
): Promise<Stored<ConversationEvent> | null> {
  const message = await readBefore(jetStream, durable, subject, before);
  const event = message && parsePayload(message.payload);
  return event && { sequence: message.sequence, publishedAt: message.publishedAt, event };
}

async function readCreatedAt(jetStream: JetStream): Promise<string> {
  return String(orThrow(await jetStream.call(`STREAM.INFO.${STREAM}`, {})).created);
}

function parseAll<Event>(
  messages: StoredMessage[],
  isWanted: (event: { type: string }) => event is Event & { type: string },
  unreadable: number[],
): Stored<Event>[] {
  return messages.flatMap(({ sequence, publishedAt, payload }) => {
    const event = parsePayload(payload);
    if (event && isWanted(event)) return [{ sequence, publishedAt, event }];
    unreadable.push(sequence);
    return [];
  });
}

function parsePayload(payload: string): ConversationEvent | null {
  try {
    const parsed = parseEvent(JSON.parse(payload));
    return parsed.kind === "event" ? parsed.event : null;
  } catch {
    return null;
  }
}

function isState(event: { type: string }): event is StateCommitted {
  return event.type === "state.committed";
}

function isInbound(event: { type: string }): event is InboundEvent {
  return INBOUND.includes(event.type);
}

function isHandoff(event: { type: string }): event is HandoffEvent {
  return HANDOFF.includes(event.type);
}
