import { runWorker, type StageContext } from "@skytide/stage";
import type { Config } from "./config.ts";
import type { createGiveUp, createHandler } from "./handler.ts";

const DEFAULT_CONCURRENCY = 8;
/** A customer waits to hear whether somebody was reached. */
const BACKOFF = { firstMs: 500, lastMs: 10_000 };

export interface Handlers {
  handle: ReturnType<typeof createHandler>;
  giveUp: ReturnType<typeof createGiveUp>;
}

/** Binds the handler to its consumers. */
export function startWorkers(context: StageContext<Config>, { handle, giveUp }: Handlers): void {
  const concurrency = context.config.CONCURRENCY ?? DEFAULT_CONCURRENCY;
  const deadlineMs = context.config.NOTICE_DEADLINE_MS;
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "notifier" },
    concurrency,
    deadlineMs,
    backoff: BACKOFF,
    retryDurable: true,
    handler: async ({ event, signal }) => (event === undefined ? "skipped" : await handle({ event, signal })),
    onGiveUp: async ({ event, signal }) => {
      if (event !== undefined) await giveUp({ event, signal });
    },
  });
  // Nothing arms these timers yet; what fires is passed over.
  runWorker(context, {
    consumer: { stream: "TIMERS", durable: "reminders" },
    concurrency,
    deadlineMs,
    handler: async () => "skipped",
  });
}
