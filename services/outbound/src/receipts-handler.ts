import type { ConversationEvent } from "@skytide/events";
import type { Logger } from "@skytide/telemetry";
import { failureClassOf } from "./failure-class.ts";
import type { OutboundMetrics } from "./metrics.ts";

/** Counts what the provider reports about our messages; a failure that arrives late is told by its class. The recorder marks the message. */
export function createReceiptsHandler(deps: { metrics: OutboundMetrics; log: Logger }) {
  return async (event: ConversationEvent): Promise<"ok" | "skipped"> => {
    // What this stage said itself is already counted.
    if (event.source === "skytide/outbound") return "skipped";
    switch (event.type) {
      case "reply.accepted":
        deps.metrics.receipts.inc({ status: event.data.status });
        return "ok";
      case "reply.delivered":
        deps.metrics.receipts.inc({ status: "delivered" });
        return "ok";
      case "reply.read":
        deps.metrics.receipts.inc({ status: "read" });
        return "ok";
      case "reply.failed": {
        const failure = failureClassOf(event.data.providerCode);
        deps.metrics.receipts.inc({ status: "failed" });
        deps.metrics.lateFailures.inc({ class: failure });
        deps.log.warn("delivery-failed", {
          org: event.org,
          conversation: event.chat,
          messageId: event.id,
          reason: failure,
          status: event.data.providerCode,
        });
        return "ok";
      }
      default:
        return "skipped";
    }
  };
}
