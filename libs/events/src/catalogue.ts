import { z } from "zod";
import {
  appointmentBookedSchema,
  appointmentCancelledSchema,
  appointmentCompletedSchema,
  appointmentConfirmedSchema,
  appointmentNoShowSchema,
  appointmentRescheduledSchema,
} from "./appointment-events.ts";
import { consentChangedSchema, contactCreatedSchema, contactErasedSchema } from "./contact-events.ts";
import {
  botPausedSchema,
  botResumedSchema,
  escalationFailedSchema,
  escalationNotifiedSchema,
  escalationRaisedSchema,
  escalationRenotifiedSchema,
  escalationResolvedSchema,
  escalationUnansweredSchema,
} from "./handoff-events.ts";
import { mediaDescribedSchema, messageDeletedSchema } from "./inbound-events.ts";
import { messageReceivedSchema } from "./message-received.ts";
import {
  replyAcceptedSchema,
  replyDeliveredSchema,
  replyEchoedSchema,
  replyFailedSchema,
  replyReadSchema,
  replySentSchema,
} from "./receipt-events.ts";
import { replyRequestedSchema } from "./reply-requested.ts";
import { conversationSubject, type Lane } from "./subjects.ts";
import { replyDraftedSchema, stateCommittedSchema, turnCompletedSchema, turnFailedSchema } from "./turn-events.ts";

/** Every event of a conversation. */
export const conversationEventSchema = z.discriminatedUnion("type", [
  messageReceivedSchema,
  mediaDescribedSchema,
  messageDeletedSchema,
  stateCommittedSchema,
  turnCompletedSchema,
  turnFailedSchema,
  replyDraftedSchema,
  replyRequestedSchema,
  replyAcceptedSchema,
  replySentSchema,
  replyDeliveredSchema,
  replyReadSchema,
  replyFailedSchema,
  replyEchoedSchema,
  appointmentBookedSchema,
  appointmentConfirmedSchema,
  appointmentCancelledSchema,
  appointmentRescheduledSchema,
  appointmentCompletedSchema,
  appointmentNoShowSchema,
  contactCreatedSchema,
  consentChangedSchema,
  contactErasedSchema,
  escalationRaisedSchema,
  escalationNotifiedSchema,
  escalationFailedSchema,
  escalationRenotifiedSchema,
  escalationUnansweredSchema,
  escalationResolvedSchema,
  botPausedSchema,
  botResumedSchema,
]);
export type ConversationEvent = z.infer<typeof conversationEventSchema>;
export type ConversationEventType = ConversationEvent["type"];
export type EventOf<Type extends ConversationEventType> = Extract<ConversationEvent, { type: Type }>;

/** The lane that each event type stands on. */
export const LANE_OF = {
  "message.received": "inbound",
  "media.described": "inbound",
  "message.deleted": "inbound",
  "state.committed": "state",
  "turn.completed": "turn",
  "turn.failed": "turn",
  "reply.drafted": "turn",
  "reply.requested": "reply",
  "reply.accepted": "receipt",
  "reply.sent": "receipt",
  "reply.delivered": "receipt",
  "reply.read": "receipt",
  "reply.failed": "receipt",
  "reply.echoed": "receipt",
  "appointment.booked": "appointment",
  "appointment.confirmed": "appointment",
  "appointment.cancelled": "appointment",
  "appointment.rescheduled": "appointment",
  "appointment.completed": "appointment",
  "appointment.no_show": "appointment",
  "contact.created": "contact",
  "consent.changed": "contact",
  "contact.erased": "contact",
  "escalation.raised": "handoff",
  "escalation.notified": "handoff",
  "escalation.failed": "handoff",
  "escalation.renotified": "handoff",
  "escalation.unanswered": "handoff",
  "escalation.resolved": "handoff",
  "bot.paused": "handoff",
  "bot.resumed": "handoff",
} as const satisfies Record<ConversationEventType, Lane>;

/** What the maker of an event says; the envelope's other fields follow from it. */
export interface EventDraft<Type extends ConversationEventType> {
  type: Type;
  id: string;
  /** The stage that makes it. */
  source: string;
  time: Date;
  organizationId: string;
  chat: string;
  turn?: string | undefined;
  traceparent?: string | undefined;
  data: EventOf<Type>["data"];
}

/** Builds an event with its envelope and its subject; validated where it is published. */
export function createEvent<Type extends ConversationEventType>(draft: EventDraft<Type>): EventOf<Type> {
  return {
    specversion: "1.0",
    id: draft.id,
    type: draft.type,
    source: `skytide/${draft.source}`,
    time: draft.time.toISOString(),
    subject: conversationSubject(draft.organizationId, draft.chat, LANE_OF[draft.type]),
    dataschema: `skytide/${draft.type}/v1`,
    org: draft.organizationId,
    chat: draft.chat,
    ...(draft.turn === undefined ? {} : { turn: draft.turn }),
    ...(draft.traceparent === undefined ? {} : { traceparent: draft.traceparent }),
    data: draft.data,
  } as EventOf<Type>;
}

/** Reads an event off the log; unknown fields are dropped, an unknown type or shape is an answer, not an exception. */
export function parseEvent(
  json: unknown,
): { kind: "event"; event: ConversationEvent } | { kind: "invalid"; problems: string[] } {
  const parsed = conversationEventSchema.safeParse(json);
  if (parsed.success) return { kind: "event", event: parsed.data };
  // Paths and codes only: a message could quote the customer.
  return { kind: "invalid", problems: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`) };
}
