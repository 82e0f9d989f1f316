import type { ConversationEvent } from "@skytide/events";
import { failureClassOf } from "@skytide/gupshup";
import { actOnLateFailure } from "./late-failure.ts";
import type { LateDeps, LateOutcome } from "./late-types.ts";

/** A receipt as the worker hands it over. */
export interface ReceiptMessage {
  event: ConversationEvent;
  publishedAt: Date;
  /** Deliveries before this one: only the first is counted. */
  redelivered: number;
  replayed: boolean;
  signal: AbortSignal;
}

/** Counts what the provider reports about our messages and acts on failures that come late. The recorder marks the message. */
export function createReceiptsHandler(deps: LateDeps) {
  return async (message: ReceiptMessage): Promise<LateOutcome> => {
    const { event, redelivered, replayed } = message;
    // What this stage said itself is already counted.
    if (event.source === "skytide/outbound") return "skipped";
    const first = redelivered === 0 && !replayed;
    switch (event.type) {
      case "reply.accepted":
        if (first) deps.metrics.receipts.inc({ status: event.data.status });
        return "ok";
      case "reply.delivered":
        if (first) deps.metrics.receipts.inc({ status: "delivered" });
        deps.metrics.deliveries.delivered([event.data.providerMessageId, ...event.data.otherIds], deps.now());
        return "ok";
      case "reply.read":
        if (first) deps.metrics.receipts.inc({ status: "read" });
        return "ok";
      case "reply.failed": {
        if (first) count(deps, event);
        return await actOnLateFailure(deps, { ...message, event });
      }
      default:
        return "skipped";
    }
  };
}

function count({ metrics, log }: LateDeps, event: Extract<ConversationEvent, { type: "reply.failed" }>): void {
  const reason = failureClassOf(event.data.providerCode);
  metrics.receipts.inc({ status: "failed" });
  metrics.lateFailures.inc({ class: reason });
  const { org, chat: conversation, id: messageId } = event;
  log.warn("delivery-failed", { org, conversation, messageId, reason, status: event.data.providerCode });
}
