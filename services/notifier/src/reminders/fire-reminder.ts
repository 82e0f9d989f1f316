import { chatOf, createEvent, derivedEventId, type HashKeys, type ReplyRequested, signButton } from "@skytide/events";
import { newTraceparent } from "@skytide/telemetry";
import { type NoReminder, planReminder } from "./plan-reminder.ts";
import { REMINDER_BUTTONS, toReminderParameters, toReminderText } from "./reminder-texts.ts";
import type { AppointmentKey, ReminderDeps, ReminderFacts } from "./reminder-types.ts";

/** A timer fires up to this much before it is due by another clock. */
const CLOCK_SKEW_MS = 30_000;

/** How long a reminder that an operator's pause holds waits before it asks again; too late for the appointment, it is left. */
const PAUSED_MS = 5 * 60_000;

/** What became of a reminder whose time had come. */
export const REMINDER_OUTCOMES = [
  "requested",
  "duplicate",
  "moved",
  "not_active",
  "off",
  "booked_late",
  "too_late",
  "agent_off",
  "paused",
  "no_consent",
  "no_customer",
  "no_template",
  "no_signing_key",
] as const;
export type ReminderOutcome = (typeof REMINDER_OUTCOMES)[number];

/** Sends the reminder of an appointment whose timer fired, if it still is to be sent; the timer itself decides nothing. */
export function createReminderFiring(deps: ReminderDeps) {
  return async (key: AppointmentKey): Promise<"ok" | "duplicate" | "skipped"> => {
    const outcome = await fire(deps, key);
    deps.metrics.reminders.inc({ outcome });
    deps.log.event("reminder-due", { org: key.organizationId, appointmentId: key.appointmentId, outcome });
    if (outcome === "requested") return "ok";
    return outcome === "duplicate" ? "duplicate" : "skipped";
  };
}

async function fire(deps: ReminderDeps, key: AppointmentKey): Promise<ReminderOutcome> {
  const facts = await deps.facts(key);
  if (facts === null) return "not_active";
  if (facts.requested) return "duplicate";
  const now = deps.now();
  const plan = planReminder(facts, now);
  if (plan.kind === "none") return plan.reason;
  if (plan.at.getTime() > now.getTime() + CLOCK_SKEW_MS) {
    await deps.arm(key, plan.at);
    return "moved";
  }
  if (facts.paused) {
    await deps.arm(key, new Date(now.getTime() + PAUSED_MS));
    return "paused";
  }
  const obstacle = obstacleTo(facts, deps.buttonKeys);
  if (obstacle !== null) return obstacle;
  await request(deps, facts, now);
  return "requested";
}

/** What stands in the way of a reminder that is due; none of it is tried again. */
function obstacleTo(facts: ReminderFacts, buttonKeys: HashKeys | null): Exclude<ReminderOutcome, NoReminder> | null {
  if (!facts.agentEnabled) return "agent_off";
  if (facts.consent !== "opt_in") return "no_consent";
  if (facts.customer === null) return "no_customer";
  if (facts.templateId === null) return "no_template";
  return buttonKeys === null ? "no_signing_key" : null;
}

async function request(deps: ReminderDeps, facts: ReminderFacts, now: Date): Promise<void> {
  const { organizationId, appointmentId, startsAt, customer, reminderMinutes } = facts;
  if (customer === null || deps.buttonKeys === null) return;
  const { platformUserId } = customer;
  const chat = customer.chat ?? chatOf(deps.chatKeys, organizationId, "whatsapp", platformUserId);
  if (customer.chat === null) await deps.openConversation({ organizationId, chat, platformUserId });
  const reply = toReminder(facts, { chat, now, buttonKeys: deps.buttonKeys });
  await deps.publish(reply);
  deps.crashPoint("after_publish_before_ack");
  // After the event: a crash in between publishes it again under the same id, and outbound sends an id once.
  await deps.remember({ organizationId, appointmentId, startsAt, replyId: reply.id });
  deps.crashPoint("after_effect_before_ack");
  const dueAt = Date.parse(startsAt) - (reminderMinutes ?? 0) * 60_000;
  deps.metrics.reminderLag.observe({}, Math.max(0, now.getTime() - dueAt) / 1000);
}

/** The reply of a reminder; its id follows from appointment and start, so that it leaves once, and once more when it moved. */
function toReminder(facts: ReminderFacts, of: { chat: string; now: Date; buttonKeys: HashKeys }): ReplyRequested {
  const { organizationId, appointmentId } = facts;
  const startsAt = new Date(facts.startsAt);
  const conversation = { organizationId, chat: of.chat };
  const parameters = toReminderParameters(facts);
  const buttons = REMINDER_BUTTONS.map(({ action, title }) => ({
    title,
    payload: signButton(of.buttonKeys, conversation, { action, appointmentId, startsAt }),
  }));
  const text = toReminderText(parameters);
  return createEvent({
    type: "reply.requested",
    id: derivedEventId("reminder", organizationId, appointmentId, startsAt.toISOString()),
    source: "notifier",
    time: of.now,
    ...conversation,
    traceparent: newTraceparent(),
    data: {
      messages: [{ kind: "template", templateId: facts.templateId ?? "", parameters, text, buttons }],
      closing: false,
      reminder: { appointmentId, startsAt: startsAt.toISOString() },
    },
  });
}
