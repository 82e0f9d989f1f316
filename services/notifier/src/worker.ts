import type { ConversationEvent } from "@skytide/events";
import { runWorker, type StageContext, type WorkMessage } from "@skytide/stage";
import type { Config } from "./config.ts";
import type { createGiveUp, createHandler } from "./handler.ts";
import type { createNoticeReceipts } from "./notice-receipts.ts";
import type { createReminderArming } from "./reminders/arm-reminder.ts";
import type { createReminderFiring } from "./reminders/fire-reminder.ts";
import type { createHandoffGiveUp, createHandoffTending } from "./tend-handoff.ts";

const DEFAULT_CONCURRENCY = 8;
/** A customer waits to hear whether somebody was reached. */
const BACKOFF = { firstMs: 500, lastMs: 10_000 };
/** A reminder is worth sending for hours; what is too late by then is seen when it fires. */
const REMINDER_DEADLINE_MS = 6 * 60 * 60_000;
/** What may make a hand-off that has to be looked after. */
const HANDOFF_EVENTS: readonly ConversationEvent["type"][] = ["escalation.notified", "bot.paused"];

export interface Handlers {
  notify: ReturnType<typeof createHandler>;
  giveUp: ReturnType<typeof createGiveUp>;
  armReminder: ReturnType<typeof createReminderArming>;
  fireReminder: ReturnType<typeof createReminderFiring>;
  tendHandoff: ReturnType<typeof createHandoffTending>;
  giveUpHandoff: ReturnType<typeof createHandoffGiveUp>;
  hearNotice: ReturnType<typeof createNoticeReceipts>;
}

/** Binds the rules to their consumers. */
export function startWorkers(context: StageContext<Config>, handlers: Handlers): void {
  const concurrency = context.config.CONCURRENCY ?? DEFAULT_CONCURRENCY;
  const deadlineMs = context.config.NOTICE_DEADLINE_MS;
  const common = { concurrency, deadlineMs, backoff: BACKOFF };
  runWorker(context, {
    ...common,
    consumer: { stream: "CONVERSATIONS", durable: "notifier" },
    retryDurable: true,
    handler: (message) => handleEvent(handlers, message),
    onGiveUp: async ({ event, signal }) => {
      if (event !== undefined) await handlers.giveUp({ event, signal });
    },
  });
  runWorker(context, {
    ...common,
    consumer: { stream: "TIMERS", durable: "reminders" },
    deadlineMs: REMINDER_DEADLINE_MS,
    handler: ({ organizationId, chat }) => handlers.fireReminder({ organizationId, appointmentId: chat }),
  });
  runWorker(context, {
    ...common,
    consumer: { stream: "TIMERS", durable: "handoffs" },
    handler: (message) => handlers.tendHandoff(message),
    onGiveUp: (message) => handlers.giveUpHandoff(message),
  });
  runWorker(context, {
    ...common,
    consumer: { stream: "OPERATIONS", durable: "notices" },
    handler: (message) => handlers.hearNotice(message),
  });
}

async function handleEvent(handlers: Handlers, message: WorkMessage) {
  const { event, signal, organizationId, chat } = message;
  if (event === undefined) return "skipped";
  if (event.type.startsWith("appointment.") && "appointmentId" in event.data)
    return await handlers.armReminder({ organizationId, appointmentId: event.data.appointmentId });
  if (HANDOFF_EVENTS.includes(event.type)) return await handlers.tendHandoff({ organizationId, chat, signal });
  return await handlers.notify({ event, signal });
}
