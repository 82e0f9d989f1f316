import {
  createEvent,
  derivedEventId,
  type OutgoingMessage,
  type ReplyFailed,
  type ReplyRequested,
  type ReplySent,
} from "@skytide/events";

/** `reply.sent`: the same message always makes the same event id, so publishing it again changes nothing. */
export function toReplySent(
  reply: ReplyRequested,
  part: { index: number; message: OutgoingMessage; providerMessageId: string; resends: number; at: Date },
): ReplySent {
  const { index, message, providerMessageId, resends, at } = part;
  const data = { replyId: reply.id, index, providerMessageId, at: at.toISOString(), text: message.text };
  return createEvent({
    ...envelope(reply, at),
    type: "reply.sent",
    id: derivedEventId(reply.id, index, "sent", ...(resends > 0 ? [resends] : [])),
    data: {
      ...data,
      ...(resends > 0 ? { resends } : {}),
      ...(message.kind === "template" ? { asTemplate: true } : {}),
    },
  });
}

/** `reply.failed` of a message that will not be sent, and why; whoever says it first is right. */
export function toReplyFailed(reply: ReplyRequested, part: { index: number; code: string; at: Date }): ReplyFailed {
  const { index, code, at } = part;
  return createEvent({
    ...envelope(reply, at),
    type: "reply.failed",
    id: derivedEventId(reply.id, index, "failed"),
    data: { replyId: reply.id, index, otherIds: [], at: at.toISOString(), code },
  });
}

function envelope(reply: ReplyRequested, time: Date) {
  return {
    source: "outbound",
    time,
    organizationId: reply.org,
    chat: reply.chat,
    turn: reply.turn,
    traceparent: reply.traceparent,
  };
}
