import { z } from "zod";
import type { Rpc } from "./rpc.ts";
import { appointmentStatusSchema } from "./turns.ts";

const instant = z.iso.datetime({ offset: true });
const clock = z.string().regex(/^\d\d:\d\d$/);

const reminderSchema = z.object({
  organizationId: z.uuid(),
  appointmentId: z.uuid(),
  status: appointmentStatusSchema,
  startsAt: instant,
  /** The organization's wall clock. */
  date: z.iso.date(),
  startTime: clock,
  serviceName: z.string().nullable(),
  memberName: z.string().nullable(),
  organizationName: z.string(),
  timezone: z.string(),
  locale: z.string(),
  agentEnabled: z.boolean(),
  /** An operator's pause holds the conversation. */
  paused: z.boolean().default(false),
  /** How long before the start it leaves; null: the organization wants none. */
  reminderMinutes: z.number().int().nullable(),
  templateId: z.string().nullable(),
  /** Between these, on the organization's clock, nothing leaves. */
  quietHours: z.object({ start: clock, end: clock }).nullable(),
  /** Since when the customer knows of this start. */
  arrangedAt: instant,
  firstName: z.string().nullable(),
  consent: z.enum(["opt_in", "opt_out"]).nullable(),
  /** Who is reminded; null where nobody can be. `chat` is null for who has no conversation yet. */
  customer: z.object({ platformUserId: z.string(), chat: z.string().nullable() }).nullable(),
  /** The reminder of this start has left. */
  requested: z.boolean(),
});
/** Everything that decides about the reminder of an appointment. */
type ReminderFacts = z.infer<typeof reminderSchema>;

const lineSchema = z.object({ role: z.enum(["agent", "staff"]), text: z.string(), at: instant });
/** A line of a conversation that the agent's turns did not write. */
type LineElsewhere = z.infer<typeof lineSchema>;

export interface Reminders {
  /** What decides about an appointment's reminder; null for an appointment that is not there. */
  reminderFacts(of: { organizationId: string; appointmentId: string }): Promise<ReminderFacts | null>;
  /** Says that the reminder of this start left. */
  rememberReminder(of: {
    organizationId: string;
    appointmentId: string;
    startsAt: string;
    replyId: string;
  }): Promise<{ remembered: boolean }>;
  /** Reminders that may be due within the horizon and have not left, in the order of the starts, page by page. */
  listRemindersDue(of: {
    horizonMinutes: number;
    limit: number;
    after?: { startsAt: string; appointmentId: string } | undefined;
  }): Promise<ReminderFacts[]>;
  /** What staff and reminders said in a conversation since then, oldest first. */
  saidElsewhere(of: { organizationId: string; chat: string; since: string }): Promise<LineElsewhere[]>;
}

/** The functions about reminders. */
export function createReminders(rpc: Rpc): Reminders {
  return {
    reminderFacts: async ({ organizationId, appointmentId }) =>
      (
        await rpc.call(
          "reminder_facts",
          { p_organization_id: organizationId, p_appointment_id: appointmentId },
          z.object({ reminder: reminderSchema.nullable() }),
        )
      ).reminder,
    rememberReminder: ({ organizationId, appointmentId, startsAt, replyId }) =>
      rpc.call(
        "remember_reminder",
        {
          p_organization_id: organizationId,
          p_appointment_id: appointmentId,
          p_starts_at: startsAt,
          p_reply_id: replyId,
        },
        z.object({ remembered: z.boolean() }),
      ),
    listRemindersDue: async ({ horizonMinutes, limit, after }) =>
      (
        await rpc.call(
          "list_reminders_due",
          {
            p_horizon_minutes: horizonMinutes,
            p_limit: limit,
            p_after_starts_at: after?.startsAt,
            p_after_id: after?.appointmentId,
          },
          z.object({ reminders: z.array(reminderSchema) }),
        )
      ).reminders,
    saidElsewhere: async ({ organizationId, chat, since }) =>
      (
        await rpc.call(
          "said_elsewhere",
          { p_organization_id: organizationId, p_chat: chat, p_since: since },
          z.object({ lines: z.array(lineSchema) }),
        )
      ).lines,
  };
}
