import { planReminder } from "./plan-reminder.ts";
import type { AppointmentKey, ReminderDeps, ReminderFacts } from "./reminder-types.ts";

const PAGE = 500;
/** Two nights: what the next run would come too late for. */
const HORIZON_MINUTES = 48 * 60;

interface ReconcileDeps extends Pick<ReminderDeps, "arm" | "now"> {
  /** Appointments whose reminder may be due within the horizon and has not left, in the order of their starts. */
  list(of: {
    horizonMinutes: number;
    limit: number;
    after?: { startsAt: string; appointmentId: string };
  }): Promise<ReminderFacts[]>;
}

/** Sets the timers to what the database says, whatever became of them: events that were missed, settings that changed, a lost stream. */
export function createReminderReconciling(deps: ReconcileDeps) {
  return async (signal: AbortSignal): Promise<number> => {
    let armed = 0;
    let after: { startsAt: string; appointmentId: string } | undefined;
    for (;;) {
      const page = await deps.list({ horizonMinutes: HORIZON_MINUTES, limit: PAGE, ...(after && { after }) });
      for (const facts of page) {
        if (signal.aborted) return armed;
        if (await rearm(deps, facts)) armed += 1;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return armed;
      after = { startsAt: last.startsAt, appointmentId: last.appointmentId };
    }
  };
}

async function rearm(deps: ReconcileDeps, facts: ReminderFacts): Promise<boolean> {
  const plan = planReminder(facts, deps.now());
  if (plan.kind === "none") return false;
  const key: AppointmentKey = { organizationId: facts.organizationId, appointmentId: facts.appointmentId };
  await deps.arm(key, plan.at);
  return true;
}
