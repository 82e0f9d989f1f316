import { runWorker, type StageContext } from "@skytide/stage";
import type { Config } from "./config.ts";
import type { createHandler } from "./handler.ts";

// A file is in memory up to three times while it is sent to the describer (bytes, base64, request): ten of 10 MB are 400 MB.
const CONCURRENCY = 4;

/** Binds the handler to its consumer. */
export function startWorker(context: StageContext<Config>, handler: ReturnType<typeof createHandler>): void {
  runWorker(context, {
    consumer: { stream: "CONVERSATIONS", durable: "media" },
    concurrency: context.config.CONCURRENCY ?? CONCURRENCY,
    deadlineMs: context.config.MEDIA_WAIT_MS,
    handler: handler.handle,
    onGiveUp: handler.giveUp,
    retryDurable: true,
  });
}
