import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@skytide/telemetry";
import type { IngestMetrics } from "./metrics.ts";

export interface RetentionDeps {
  /** Deletes expired rows, at most a batch of each kind, and names the files that go with them. */
  purgeExpired(batch?: number): Promise<{ messages: number; mediaPaths: string[] }>;
  removeMedia(paths: readonly string[]): Promise<void>;
  listRetentions(): Promise<{ organizationId: string; days: number }[]>;
  /** Removes what is older from the log. */
  purgeBefore(durable: string, filter: string, time: Date): Promise<number>;
  everyMs: number;
  metrics: Pick<IngestMetrics, "expired">;
  log: Logger;
  clock(): Date;
}

const BATCH = 1_000;
const DAY_MS = 86_400_000;

/** Forgets what organizations do not keep any longer, now and then until the signal stops it; twice at once does no harm. */
export async function runRetention(deps: RetentionDeps, signal: AbortSignal): Promise<void> {
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
    metrics.expired.inc({ what: "event" }, await purgeBefore("recorder", `conv.${organizationId}.*.*`, before));
  }
}
