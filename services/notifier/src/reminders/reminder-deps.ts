import { crashPoint, type StageContext } from "@skytide/stage";
import type { Store } from "@skytide/store";
import type { Config } from "../config.ts";
import type { NotifierMetrics } from "../metrics.ts";
import { timersOf } from "../timers.ts";
import type { ReminderDeps } from "./reminder-types.ts";

/** The database, the log and the timers as the rule of reminders sees them. */
export function createReminderDeps(
  { bus, clock, config, log }: StageContext<Config>,
  store: Store,
  metrics: NotifierMetrics,
): ReminderDeps {
  const timers = timersOf(bus);
  return {
    facts: store.reminderFacts,
    remember: store.rememberReminder,
    openConversation: ({ platformUserId, ...conversation }) =>
      store.beginTurn({ ...conversation, platform: "whatsapp", platformUserId }),
    publish: (reply) => bus.publish(reply),
    arm: ({ organizationId, appointmentId }, at) => timers.arm("reminder", organizationId, appointmentId, at),
    disarm: ({ organizationId, appointmentId }) => timers.disarm("reminder", organizationId, appointmentId),
    chatKeys: config.CHAT_HASH_KEYS,
    buttonKeys: config.BUTTON_SIGNING_KEYS ?? null,
    now: clock,
    crashPoint,
    metrics,
    log,
  };
}
