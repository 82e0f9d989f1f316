import type { HashKeys, ReplyRequested } from "@skytide/events";
import type { Logger } from "@skytide/telemetry";
import type { NotifierMetrics } from "../metrics.ts";

/** Everything that decides about the reminder of an appointment, as the database has it now. */
export interface ReminderFacts {
  organizationId: string;
  appointmentId: string;
  status: string;
  startsAt: string;
  serviceName: string | null;
  memberName: string | null;
  organizationName: string;
  timezone: string;
  locale: string;
  agentEnabled: boolean;
  paused: boolean;
  reminderMinutes: number | null;
  templateId: string | null;
  quietHours: { start: string; end: string } | null;
  arrangedAt: string;
  firstName: string | null;
  consent: "opt_in" | "opt_out" | null;
  customer: { platformUserId: string; chat: string | null } | null;
  requested: boolean;
}

export interface AppointmentKey {
  organizationId: string;
  appointmentId: string;
}

/** What the rule of reminders needs. */
export interface ReminderDeps {
  facts(of: AppointmentKey): Promise<ReminderFacts | null>;
  remember(of: AppointmentKey & { startsAt: string; replyId: string }): Promise<unknown>;
  /** Makes the conversation of somebody who has none yet. */
  openConversation(of: { organizationId: string; chat: string; platformUserId: string }): Promise<unknown>;
  publish(reply: ReplyRequested): Promise<unknown>;
  /** Arms or moves the appointment's timer. */
  arm(of: AppointmentKey, at: Date): Promise<void>;
  disarm(of: AppointmentKey): Promise<void>;
  chatKeys: HashKeys;
  /** Null where no signing key is configured: a reminder without buttons that can be believed does not leave. */
  buttonKeys: HashKeys | null;
  now(): Date;
  crashPoint(name: "after_effect_before_ack" | "after_publish_before_ack"): void;
  metrics: Pick<NotifierMetrics, "reminders" | "reminderLag">;
  log: Logger;
}
