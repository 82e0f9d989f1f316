import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { runWorker, type StageContext, type WorkMessage } from "@skytide/stage";
import type { Config } from "./config.ts";
import type { createGiveUp, createHandler } from "./handler.ts";
import type { createReceiptsHandler } from "./receipts-handler.ts";

/** WhatsApp's customer window: no reply is worth a try after it. */
const WINDOW_MS = 24 * 3_600_000;
const DEFAULT_CONCURRENCY = 16;
/** The first wait is also the least: a reply that waits for its turn looks again this soon. */
const BACKOFF = { firstMs: 500, lastMs: 30_000 };

export interface Handlers {
  reply: ReturnType<typeof createHandler>;
  giveUp: ReturnType<typeof createGiveUp>;
  receipt: ReturnType<typeof createReceiptsHandler>;
}

/** Binds the handlers to their consumers. */
export function startWorkers(context: StageContext<Config>, { reply, giveUp, receipt }: Handlers): void {
  const concurrency = context.config.CONCURRENCY ?? DEFAULT_CONCURRENCY;
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "outbound" },
    concurrency,
    deadlineMs: WINDOW_MS,
    backoff: BACKOFF,
    retryDurable: true,
    handler: (message) => {
      const { sequence, publishedAt, replay, signal } = message;
      return reply({ event: requested(message), sequence, publishedAt, replayed: replay, signal });
    },
    onGiveUp: async (message, error) => {
      if (message.event?.type === "reply.requested") await giveUp(message.event, codeOf(error));
    },
  });
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "outbound-receipts" },
    concurrency,
    deadlineMs: WINDOW_MS,
    backoff: BACKOFF,
    handler: async ({ event, publishedAt, redelivered, replay, signal }) =>
      event === undefined ? "skipped" : await receipt({ event, publishedAt, redelivered, replayed: replay, signal }),
  });
}

function requested({ event }: WorkMessage) {
  if (event?.type === "reply.requested") return event;
  throw new PermanentError("not-a-reply", "The reply lane holds an event of another type.");
}

function codeOf(error: unknown): string {
  const known =
    error instanceof PermanentError || error instanceof TenantConfigError || error instanceof RetryableError;
  return known ? error.code : "unexpected";
}
