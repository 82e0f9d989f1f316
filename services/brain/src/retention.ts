import { setTimeout as pause } from "node:timers/promises";
import type { StageContext } from "@skytide/stage";
import type { CounterMetric, Logger, Metrics } from "@skytide/telemetry";
import type { Config } from "./config.ts";

const REMOVED = ["message", "file", "event", "failed"] as const;

/** What retention counts. */
export function createRetentionMetrics(metrics: Metrics): { expired: CounterMetric<{ what: typeof REMOVED }> } {
  return {
    expired: metrics.counter({
      name: "skytide_retention_removed_total",
      help: "What was removed because its organization keeps it no longer; failed = runs that did not end.",
      labels: { what: REMOVED },
    }),
  };
}

interface RetentionDeps {
  /** Deletes expired rows, at most a batch of each kind, and names the files that go with them. */
  purgeExpired(batch?: number): Promise<{ messages: number; mediaPaths: string[] }>;
  removeMedia(paths: readonly string[]): Promise<void>;
  listRetentions(): Promise<{ organizationId: string; days: number }[]>;
  /** Removes what is older from the log. */
  purgeBefore(durable: string, filter: string, time: Date): Promise<number>;
  everyMs: number;
  metrics: ReturnType<typeof createRetentionMetrics>;
  log: Logger;
  clock(): Date;
}

const BATCH = 1_000;
const DAY_MS = 86_400_000;

/** Starts it until the stage drains. */
export function startRetention(
  { bus, clock, config, log, metrics, stack }: StageContext<Config>,
  store: Pick<RetentionDeps, "purgeExpired" | "removeMedia" | "listRetentions">,
): void {
  const stop = new AbortController();
  const { purgeBefore } = bus;
  const own = { everyMs: config.RETENTION_INTERVAL_MS, metrics: createRetentionMetrics(metrics), log, clock };
  const running = runRetention({ ...store, purgeBefore, ...own }, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
}

/** Forgets what organizations do not keep any longer, now and then until the signal stops it; twice at once does no harm. */
async function runRetention(deps: RetentionDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await forgetExpired(deps, signal);
    } catch (error) {
      // The next run does what this one did not.
      deps.log.error("retention-failed", error);
      deps.metrics.expired.inc({ what: "failed" });
    }
    await pause(deps.everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One run: rows with their files, then the log. */
export async function forgetExpired(
  { purgeExpired, removeMedia, listRetentions, purgeBefore, metrics, clock }: Omit<RetentionDeps, "everyMs" | "log">,
  signal: AbortSignal,
): Promise<void> {
  for (let messages = BATCH; messages === BATCH && !signal.aborted; ) {
    const purged = await purgeExpired(BATCH);
    messages = purged.messages;
    await removeMedia(purged.mediaPaths);
    metrics.expired.inc({ what: "message" }, messages);
    metrics.expired.inc({ what: "file" }, purged.mediaPaths.length);
  }
  for (const { organizationId, days } of await listRetentions()) {
    if (signal.aborted) return;
    const before = new Date(clock().getTime() - days * DAY_MS);
    metrics.expired.inc({ what: "event" }, await purgeBefore("debounce", `conv.${organizationId}.*.*`, before));
  }
}
