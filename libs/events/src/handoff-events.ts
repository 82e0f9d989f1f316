import { z } from "zod";
import { eventSchema } from "./envelope.ts";

/** `escalation.raised` (by brain): the customer asked for or accepted a person. The words are in the database. */
export const escalationRaisedSchema = eventSchema(
  "escalation.raised",
  z.object({
    escalationId: z.uuid(),
    reason: z.enum(["user_asked", "low_confidence", "policy", "tool_failure", "limit", "error"]),
    raisedAt: z.iso.datetime({ offset: true }),
  }),
);
/** `escalation.notified` (by notifier): at least one person was reached. */
export const escalationNotifiedSchema = eventSchema(
  "escalation.notified",
  z.object({ escalationId: z.uuid(), recipients: z.number().int().positive() }),
);
/** `escalation.failed` (by notifier): nobody could be reached, and why. */
export const escalationFailedSchema = eventSchema(
  "escalation.failed",
  z.object({
    escalationId: z.uuid(),
    reason: z.enum(["no_recipient", "provider_refused", "not_configured", "timeout"]),
  }),
);
/** `escalation.renotified` (by notifier): staff were told once more, because nobody of them had answered. */
export const escalationRenotifiedSchema = eventSchema(
  "escalation.renotified",
  z.object({ escalationId: z.uuid(), recipients: z.number().int().positive(), round: z.number().int().min(2) }),
);
/** `escalation.unanswered` (by notifier): nobody of the team has written; the customer is told so once, honestly. */
export const escalationUnansweredSchema = eventSchema(
  "escalation.unanswered",
  z.object({
    escalationId: z.uuid(),
    /** `undelivered`: the notices were accepted and failed afterwards, so that nobody knows of it. */
    reason: z.enum(["no_answer", "undelivered"]),
  }),
);
/** `escalation.resolved` (by relay): a person closed it. */
export const escalationResolvedSchema = eventSchema("escalation.resolved", z.object({ escalationId: z.uuid() }));
/** `bot.paused` (by relay): the agent is silent for this conversation. */
export const botPausedSchema = eventSchema(
  "bot.paused",
  z.object({ reason: z.enum(["crm", "escalation", "staff_echo", "command"]) }),
);
/** `bot.resumed` (by relay): the agent answers again. */
export const botResumedSchema = eventSchema(
  "bot.resumed",
  z.object({ reason: z.enum(["crm", "quiet_time", "command", "nobody_reached"]) }),
);

export type EscalationRaised = z.infer<typeof escalationRaisedSchema>;
export type EscalationNotified = z.infer<typeof escalationNotifiedSchema>;
export type EscalationFailed = z.infer<typeof escalationFailedSchema>;
export type EscalationRenotified = z.infer<typeof escalationRenotifiedSchema>;
export type EscalationUnanswered = z.infer<typeof escalationUnansweredSchema>;
export type BotPaused = z.infer<typeof botPausedSchema>;
export type BotResumed = z.infer<typeof botResumedSchema>;
