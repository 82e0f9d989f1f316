import { type Logger, traceIdOf } from "@skytide/telemetry";
import type { Deps } from "./handler.ts";
import type { createMediaMetrics } from "./metrics.ts";

/** Counts and logs what became of media; ids, sizes and codes only. */
export function createObserver(metrics: ReturnType<typeof createMediaMetrics>, log: Logger): Deps["observe"] {
  return {
    fetched: metrics.fetched,
    reused: metrics.reused,
    ended({ event, kind, startedAt }) {
      const { outcome, sizeBytes, messageId } = event.data;
      const durationMs = Math.max(0, Date.parse(event.time) - startedAt.getTime());
      const code = outcome.kind === "described" ? "ok" : outcome.reason;
      metrics.ended({ kind, outcome: code, durationMs });
      log.event("media-described", {
        traceId: traceIdOf(event.traceparent),
        org: event.org,
        conversation: event.chat,
        messageId,
        kind,
        outcome: code,
        bytes: sizeBytes,
        durationMs,
      });
    },
  };
}
