import { BUCKETS, type Metrics } from "@skytide/telemetry";

const REQUEST_KINDS = ["message", "receipt", "other"] as const;
const REQUEST_OUTCOMES = ["accepted", "duplicate", "ignored", "rejected", "shed", "error"] as const;
const UNRESOLVED_REASONS = ["unknown_app", "bad_payload", "bad_signature", "bad_source", "unsupported_type"] as const;
const ITEM_KINDS = [
  "message",
  "receipt",
  "echo",
  "deleted",
  "reaction",
  "template",
  "probe",
  "ignored",
  "malformed",
  "own_number",
  "notification",
] as const;
const SHED_BY = ["in_flight", "connection", "total"] as const;
const RELAY_OUTCOMES = ["published", "duplicate", "skipped", "invalid", "retried"] as const;

export type RequestKind = (typeof REQUEST_KINDS)[number];
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];
export type UnresolvedReason = (typeof UNRESOLVED_REASONS)[number];
export type ItemKind = (typeof ITEM_KINDS)[number];
export type RelayOutcome = (typeof RELAY_OUTCOMES)[number];

export type IngestMetrics = ReturnType<typeof createIngestMetrics>;

/** The metrics that ingest has beside those of every stage. */
export function createIngestMetrics(metrics: Metrics) {
  return {
    requests: metrics.counter({
      name: "skytide_webhook_requests_total",
      help: "Webhook calls; shed = answered 503 because of a limit, error = 5xx for any other reason.",
      labels: { kind: REQUEST_KINDS, outcome: REQUEST_OUTCOMES },
    }),
    duration: metrics.histogram({
      name: "skytide_webhook_duration_seconds",
      help: "Until a webhook call was answered.",
      labels: { kind: REQUEST_KINDS },
      buckets: BUCKETS.handler,
    }),
    share: metrics.histogram({
      name: "skytide_reply_stage_seconds",
      help: "Share of each stage in the reply latency: here from the webhook to the log.",
      labels: { stage: ["ingest"] },
      buckets: BUCKETS.replyLatency,
    }),
    unresolved: metrics.counter({
      name: "skytide_webhook_unresolved_total",
      help: "Webhook calls, or parts of them, that nothing could be done with.",
      labels: { reason: UNRESOLVED_REASONS },
    }),
    items: metrics.counter({
      name: "skytide_webhook_items_total",
      help: "What webhook calls reported.",
      labels: { item: ITEM_KINDS },
    }),
    unverified: metrics.counter({
      name: "skytide_webhook_unverified_total",
      help: "Webhook calls accepted for a connection that has no secret.",
      labels: {},
    }),
    shed: metrics.counter({
      name: "skytide_webhook_shed_total",
      help: "Webhook calls answered 503 because of a limit.",
      labels: { limit: SHED_BY },
    }),
    inFlight: metrics.gauge({
      name: "skytide_webhook_in_flight",
      help: "Webhook calls in hand.",
      labels: {},
    }),
    connectionsReadAt: metrics.gauge({
      name: "skytide_connections_read_timestamp_seconds",
      help: "When the copy of the platform connections was last read.",
      labels: {},
    }),
    relayed: metrics.counter({
      name: "skytide_relay_rows_total",
      help: "Outbox rows by what became of them.",
      labels: { outcome: RELAY_OUTCOMES },
    }),
    recorded: metrics.counter({
      name: "skytide_recorder_events_total",
      help: "Events written to the database; duplicate = had been written before.",
      labels: { outcome: ["recorded", "duplicate"] },
    }),
  };
}
