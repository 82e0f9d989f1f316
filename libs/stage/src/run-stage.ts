import type { z } from "zod";
import { ConfigError } from "./load-config.ts";
import { FLUSH_MS, type OpenStage, openStage } from "./open-stage.ts";
import type { StageOptions } from "./stage-types.ts";
import { toStartSentence } from "./start-error.ts";

/** sysexits.h EX_CONFIG */
const EXIT_CONFIG = 78;
/** One Ctrl-C arrives twice: from the terminal and forwarded by npm. */
const ONE_PRESS_MS = 300;

/**
 * The whole of a stage's main.ts: opens it, waits for SIGTERM or SIGINT, drains, exits. Exit codes: 0 drained, 1 failed, drain
 * deadline passed or second signal, 78 wrong settings.
 */
export async function runStage<Schema extends z.ZodObject>(options: StageOptions<Schema>): Promise<never> {
  const asked = new AbortController();
  const stopped = new Promise<void>((resolve) =>
    asked.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  let askedAt = 0;
  const onSignal = () => {
    if (asked.signal.aborted && performance.now() - askedAt > ONE_PRESS_MS) process.exit(1);
    if (asked.signal.aborted) return;
    askedAt = performance.now();
    asked.abort(new DOMException("asked to stop", "AbortError"));
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);

  let stage: OpenStage;
  try {
    stage = await openStage({ ...options, cancelled: asked.signal });
  } catch (error) {
    if (asked.signal.aborted) process.exit(0);
    process.stderr.write(`skytide ${options.stage}: ${toStartSentence(error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
  const { log } = stage;
  process.on("uncaughtException", (error) => {
    log.error("crashed", error);
    process.exit(1);
  });

  const well = await Promise.race([stopped.then(() => true), stage.failed.then(() => false)]);
  setTimeout(() => {
    log.warn("drain-gave-up");
    process.exit(1);
  }, stage.drainMs + FLUSH_MS).unref();
  const { inTime } = await stage.stop();
  process.exit(well && inTime ? 0 : 1);
}
