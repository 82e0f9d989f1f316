import type { Bus, BusMessage } from "@skytide/bus";
import { PermanentError } from "@skytide/errors";
import {
  type ConversationEvent,
  parseConversationSubject,
  parseEvent,
  parseTimerSubject,
  type Stage,
} from "@skytide/events";
import { deadLetterSchema, type Origin } from "./dead-letter.ts";
import type { WorkMessage } from "./stage-types.ts";

/** Stands in a subject where a message does not say whose it is. */
const UNKNOWN = "unknown";

/** A message before it is read: enough to settle it, whatever it holds. */
export interface Delivery {
  stage: Stage;
  stream: string;
  durable: string;
  message: BusMessage;
  signal: AbortSignal;
}

/** Where a delivered message comes from, by its subject alone. */
export function originOf({ stage, stream, durable, message }: Delivery): Origin {
  const { subject, sequence } = message;
  return { stage, durable, stream, subject, sequence, ...ownerOf(subject), replay: false };
}

function ownerOf(subject: string): { organizationId: string; chat: string } {
  const conversation = parseConversationSubject(subject);
  if (conversation) return { organizationId: conversation.organizationId, chat: conversation.chat };
  const timer = parseTimerSubject(subject);
  if (timer) return { organizationId: timer.organizationId, chat: timer.key };
  const [root, , organizationId, chat] = subject.split(".");
  if (root === "retry" && organizationId && chat) return { organizationId, chat };
  return { organizationId: UNKNOWN, chat: UNKNOWN };
}

/** Whose a message is, by its subject; undefined where it does not say. */
export function organizationOf(subject: string): string | undefined {
  const { organizationId } = ownerOf(subject);
  return organizationId === UNKNOWN ? undefined : organizationId;
}

/** Reads a delivered message. Throws PermanentError when it is no event. */
export function readMessage(delivery: Delivery): { origin: Origin; work: WorkMessage } {
  const origin = originOf(delivery);
  const json = jsonOf(delivery.stream, delivery.message);
  const event = delivery.stream === "CONVERSATIONS" ? eventOf(json, origin) : undefined;
  return { origin: { ...origin, event }, work: toWork(delivery, origin, json, event, delivery.message.headers) };
}

/** Reads a replay: the record says where the original stands. Throws PermanentError when it is gone or no event any more. */
export async function readReplay(delivery: Delivery, bus: Bus): Promise<{ origin: Origin; work: WorkMessage }> {
  const parsed = deadLetterSchema.safeParse(delivery.message.json());
  if (!parsed.success) throw new PermanentError("invalid-dead-letter", "a replay does not hold a dead letter's record");
  const { durable, stream, subject, sequence } = parsed.data;
  const origin: Origin = {
    stage: delivery.stage,
    durable,
    stream,
    subject,
    sequence,
    ...ownerOf(subject),
    replay: true,
  };
  const original = await bus.readOriginal({ durable, stream, subject, sequence });
  // A fired timer decides nothing by its body: its subject is enough to fire it again.
  if (original === null && stream === "CONVERSATIONS") {
    throw new PermanentError("original-gone", "the original of this dead letter is not in the log any more");
  }
  const json = original === null ? undefined : jsonOf(stream, original);
  const event = stream === "CONVERSATIONS" ? eventOf(json, origin) : undefined;
  return { origin: { ...origin, event }, work: toWork(delivery, origin, json, event, original?.headers ?? {}) };
}

function jsonOf(stream: string, message: { json(): unknown }): unknown {
  if (stream === "CONVERSATIONS") return message.json();
  try {
    return message.json();
  } catch {
    // Timers need no body.
    return undefined;
  }
}

/** The code of an event that says another owner than its subject: whose it is cannot be trusted any more. */
export const FOREIGN_EVENT = "foreign-event";

function eventOf(json: unknown, { organizationId, chat }: Origin): ConversationEvent {
  const parsed = parseEvent(json);
  if (parsed.kind === "event") {
    const { event } = parsed;
    if (event.org === organizationId && event.chat === chat) return event;
    throw new PermanentError(FOREIGN_EVENT, "the event names another conversation than the subject it stands on");
  }
  throw new PermanentError("invalid-event", `not an event of this version: ${parsed.problems.slice(0, 5).join("; ")}`);
}

function toWork(
  delivery: Delivery,
  origin: Origin,
  json: unknown,
  event: ConversationEvent | undefined,
  headers: Record<string, string>,
): WorkMessage {
  const { message, signal } = delivery;
  return {
    subject: origin.subject,
    sequence: origin.sequence,
    publishedAt: message.publishedAt,
    redelivered: message.redelivered,
    headers,
    json,
    event,
    organizationId: origin.organizationId,
    chat: origin.chat,
    replay: origin.replay,
    signal,
  };
}
