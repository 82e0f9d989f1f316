import { FAILURE_CLASSES } from "@skytide/gupshup";
import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { createDeliveryDelay } from "./delivery-delay.ts";

const kinds = ["text", "template", "media"] as const;
export type SendKind = (typeof kinds)[number];
const outcomes = ["accepted", "rejected", "rate_limited", "timeout", "error", "suppressed"] as const;

/** This stage's own metrics. */
export function createOutboundMetrics(metrics: Metrics) {
  const channel = { channel: ["whatsapp"] } as const;
  return {
    sends: metrics.counter({
      name: "skytide_outbound_sends_total",
      help: "Attempts to send one message, by result; suppressed ones made no call.",
      labels: { kind: kinds, outcome: outcomes },
    }),
    sendDuration: metrics.histogram({
      name: "skytide_outbound_send_duration_seconds",
      help: "Time of the provider's answer.",
      labels: { kind: kinds },
      buckets: BUCKETS.handler,
    }),
    throttle: metrics.histogram({
      name: "skytide_outbound_throttle_seconds",
      help: "Wait that our own rate limits asked for.",
      labels: {},
      buckets: BUCKETS.handler,
    }),
    suppressed: metrics.counter({
      name: "skytide_outbound_suppressed_total",
      help: "Replies that were not sent on purpose.",
      labels: { reason: ["bot_paused", "window_closed", "no_connection", "superseded", "app_blocked"] },
    }),
    uncertain: metrics.counter({
      name: "skytide_outbound_uncertain_total",
      help: "Sends whose result nobody knew: how each was resolved.",
      labels: { resolution: ["receipt_found", "sent_again", "held", "found_later"] },
    }),
    unknown: metrics.gauge({
      name: "skytide_outbound_unknown",
      help: "Sends whose result is unknown and that an operator may settle.",
      labels: {},
    }),
    overtaken: metrics.counter({
      name: "skytide_outbound_overtaken_total",
      help: "Replies sent although the one before them was not settled within its wait.",
      labels: {},
    }),
    readMarks: metrics.counter({
      name: "skytide_outbound_read_marks_total",
      help: "Read marks of customers' messages.",
      labels: { outcome: ["ok", "failed"] },
    }),
    receipts: metrics.counter({
      name: "skytide_delivery_receipts_total",
      help: "What the provider reported about messages that we sent.",
      labels: { status: ["enqueued", "sent", "delivered", "read", "failed"] },
    }),
    deliveries: createDeliveryDelay(
      metrics.histogram({
        name: "skytide_delivery_delay_seconds",
        help: "From the provider's acceptance to its receipt, where the same process sent the message.",
        labels: { status: ["delivered"] },
        buckets: BUCKETS.queueWait,
      }),
    ),
    lateFailures: metrics.counter({
      name: "skytide_outbound_late_failures_total",
      help: "Accepted messages that the provider failed later, by class of its code.",
      labels: { class: FAILURE_CLASSES },
    }),
    lateActions: metrics.counter({
      name: "skytide_outbound_late_actions_total",
      help: "What was done about failures that came late.",
      labels: { action: ["resent", "template", "failed", "exhausted", "delivered", "unmatched", "gone"] },
    }),
    escalations: metrics.counter({
      name: "skytide_escalations_total",
      help: "Replies that could not reach the customer and for which a person was asked.",
      labels: { reason: ["error"] },
    }),
    circuitsOpened: metrics.counter({
      name: "skytide_outbound_circuits_opened_total",
      help: "Apps that the provider began to refuse: their messages wait (paused) or fail (blocked).",
      labels: { kind: ["paused", "blocked"] },
    }),
    circuits: metrics.gauge({
      name: "skytide_outbound_circuits",
      help: "Apps through which nothing is sent for now, over all replicas.",
      labels: {},
    }),
    typing: metrics.counter({
      name: "skytide_outbound_typing_total",
      help: "Customers to whom it was shown that an answer is being written.",
      labels: { outcome: ["ok", "failed"] },
    }),
    replyLatency: metrics.histogram({
      name: "skytide_reply_latency_seconds",
      help: "Customer's message received to first reply accepted, without the deliberate wait.",
      labels: channel,
      buckets: BUCKETS.replyLatency,
    }),
    replyWall: metrics.histogram({
      name: "skytide_reply_wall_seconds",
      help: "Customer's message received to first reply accepted.",
      labels: channel,
      buckets: BUCKETS.replyLatency,
    }),
    replyStage: metrics.histogram({
      name: "skytide_reply_stage_seconds",
      help: "Share of each stage in the reply latency.",
      labels: { stage: ["outbound"] },
      buckets: BUCKETS.replyLatency,
    }),
  };
}

export type OutboundMetrics = ReturnType<typeof createOutboundMetrics>;
