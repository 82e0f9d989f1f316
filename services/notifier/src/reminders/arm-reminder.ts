import { planReminder } from "./plan-reminder.ts";
import type { AppointmentKey, ReminderDeps } from "./reminder-types.ts";

/**
 * Sets an appointment's timer to what the database says now: booked, moved, cancelled, in whatever order one hears of it. Consent
 * and template are looked at when it fires: they may come later than the booking.
 */
export function createReminderArming(deps: Pick<ReminderDeps, "facts" | "arm" | "disarm" | "now">) {
  return async (key: AppointmentKey): Promise<"ok" | "skipped"> => {
    const facts = await deps.facts(key);
    const plan = facts === null || facts.requested ? null : planReminder(facts, deps.now());
    if (plan?.kind === "at") {
      await deps.arm(key, plan.at);
      return "ok";
    }
    await deps.disarm(key);
    return "skipped";
  };
}
