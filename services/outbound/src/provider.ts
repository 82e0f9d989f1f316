import type { GupshupClient } from "@skytide/gupshup";
import { kindOf } from "./call-provider.ts";
import type { Provider, SendRequest } from "./deps.ts";
import type { OutboundMetrics } from "./metrics.ts";

/** Gupshup as the rule sees it: sends are timed, read marks are let go with a limit of their own. */
export function createProvider(
  gupshup: Pick<GupshupClient, "sendMessage" | "sendTemplate" | "markRead">,
  { metrics, readMarkTimeoutMs }: { metrics: OutboundMetrics; readMarkTimeoutMs: number },
): Provider {
  return {
    send: async (request) => {
      const startedAt = performance.now();
      try {
        return await send(gupshup, request);
      } finally {
        metrics.sendDuration.observe({ kind: kindOf(request.message) }, (performance.now() - startedAt) / 1000);
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

function send(
  gupshup: Pick<GupshupClient, "sendMessage" | "sendTemplate">,
  { message, reference, ...sender }: SendRequest,
) {
  if (message.kind !== "template") return gupshup.sendMessage({ ...sender, message, reference });
  const { templateId, parameters, buttons = [] } = message;
  const postbackTexts = buttons.map(({ payload }, index) => ({ index, text: payload }));
  return gupshup.sendTemplate({ ...sender, templateId, parameters, postbackTexts });
}
