import type { GupshupClient } from "@skytide/gupshup";
import type { Provider } from "./deps.ts";
import type { OutboundMetrics } from "./metrics.ts";

/** Gupshup as the rule sees it: sends are timed, read marks are let go with a limit of their own. */
export function createProvider(
  gupshup: Pick<GupshupClient, "sendMessage" | "markRead">,
  { metrics, readMarkTimeoutMs }: { metrics: OutboundMetrics; readMarkTimeoutMs: number },
): Provider {
  return {
    send: async (request) => {
      const startedAt = performance.now();
      try {
        return await gupshup.sendMessage(request);
      } finally {
        metrics.sendDuration.observe({ kind: "text" }, (performance.now() - startedAt) / 1000);
      }
    },
    markRead: (request) => {
      if (readMarkTimeoutMs === 0) return;
      gupshup.markRead({ ...request, signal: AbortSignal.timeout(readMarkTimeoutMs) }).then(
        () => metrics.readMarks.inc({ outcome: "ok" }),
        // A missing read mark costs the customer nothing.
        () => metrics.readMarks.inc({ outcome: "failed" }),
      );
    },
  };
}
