import { runWorker, type StageContext } from "@skytide/stage";
import type { Config } from "./config.ts";
import type { createDebounceHandler, createTurnHandler } from "./handler.ts";

const DEBOUNCE_CONCURRENCY = 32;
const TURN_CONCURRENCY = 10;

interface Handlers {
  debounce: ReturnType<typeof createDebounceHandler>;
  turns: ReturnType<typeof createTurnHandler>;
}

/** Binds the brain's two rules to their durables: what arms timers, and what fired timers start. */
export function startWorkers(context: StageContext<Config>, { debounce, turns }: Handlers): void {
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "debounce" },
    concurrency: DEBOUNCE_CONCURRENCY,
    // A message without a timer would never be answered: arming is repeated until it works.
    deadlineMs: Number.POSITIVE_INFINITY,
    handler: async (message) =>
      message.event === undefined ? "skipped" : debounce({ ...message, event: message.event }),
  });
  runWorker(context, {
    consumer: { stream: "TIMERS", durable: "brain" },
    concurrency: context.config.CONCURRENCY ?? TURN_CONCURRENCY,
    deadlineMs: context.config.TURN_DEADLINE_MS,
    handler: (message) => turns.handle(message),
    onGiveUp: (message, error) => turns.giveUp(message, error),
    retryDurable: true,
  });
}
