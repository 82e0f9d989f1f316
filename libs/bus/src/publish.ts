import { PermanentError } from "@skytide/errors";
import { type ConversationEvent, conversationSubject, LANE_OF, parseEvent } from "@skytide/events";
import { HEADER } from "./headers.ts";
import { type JetStream, type Message, numberIn, orThrow } from "./jetstream.ts";
import type { Published, PublishOptions } from "./types.ts";

/** Last sequence of the inbound lane that a state has taken in. */
export const READ_HEADER = "Skytide-Read";

/** A validated event as it goes onto the log. */
export function toMessage(event: ConversationEvent): Message {
  const parsed = parseEvent(event);
  if (parsed.kind === "invalid") {
    throw new PermanentError(
      "invalid-event",
      `A ${String(event.type)} event is malformed: ${parsed.problems.join(", ")}.`,
    );
  }
  const { subject, org, chat, type, traceparent } = parsed.event;
  if (subject !== conversationSubject(org, chat, LANE_OF[type])) {
    throw new PermanentError("invalid-event", `A ${type} event stands on a subject that is not its own.`);
  }
  return {
    subject,
    payload: JSON.stringify(parsed.event),
    headers: {
      "Skytide-Org": org,
      "Skytide-Chat": chat,
      ...(traceparent === undefined ? {} : { traceparent }),
      // How far a state has read, for whoever looks at the headers alone.
      ...(parsed.event.type === "state.committed" ? { [READ_HEADER]: String(parsed.event.data.cursor.inbound) } : {}),
    },
  };
}

/** Stores one event; tries again with the same message id until the deadline. */
export async function publishEvent(
  jetStream: JetStream,
  event: ConversationEvent,
  { messageId = event.id, deadlineMs }: PublishOptions,
): Promise<Published> {
  return publishMessage(jetStream, toMessage(event), messageId, deadlineMs);
}

/** Stores one message under a message id. */
export async function publishMessage(
  jetStream: JetStream,
  message: Message,
  messageId: string,
  deadlineMs?: number,
): Promise<Published> {
  const headers = { ...message.headers, [HEADER.messageId]: messageId };
  const json = orThrow(await jetStream.store({ ...message, headers }, deadlineMs));
  return { sequence: numberIn(json, "seq"), duplicate: json.duplicate === true };
}
