import type { Bus } from "@skytide/bus";
import { dueSubject, timerSubject } from "@skytide/events";

type Kind = "reminder" | "handoff";

/** The timers of this stage: one per appointment, one per conversation. What fires only says "look". */
export function timersOf(bus: Pick<Bus, "schedule" | "cancel">) {
  return {
    /** Arms a timer, or moves it. */
    arm: (kind: Kind, organizationId: string, key: string, at: Date): Promise<void> =>
      bus.schedule({
        subject: timerSubject(kind, organizationId, key),
        target: dueSubject(kind, organizationId, key),
        at,
      }),
    disarm: (kind: Kind, organizationId: string, key: string): Promise<void> =>
      bus.cancel(timerSubject(kind, organizationId, key)),
  };
}
