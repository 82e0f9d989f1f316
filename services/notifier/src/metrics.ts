import { BUCKETS, type Metrics } from "@skytide/telemetry";

/** This stage's own metrics. */
export function createNotifierMetrics(metrics: Metrics) {
  return {
    notifications: metrics.counter({
      name: "skytide_notifications_total",
      help: "Attempts to tell one person; no_recipient and not_configured count escalations that nobody could be told about.",
      labels: { outcome: ["accepted", "rejected", "timeout", "error", "no_recipient", "not_configured"] },
    }),
    delay: metrics.histogram({
      name: "skytide_notification_delay_seconds",
      help: "Escalation raised to first notice accepted.",
      labels: {},
      buckets: BUCKETS.replyLatency,
    }),
    configured: metrics.gauge({
      name: "skytide_notifications_configured",
      help: "1 when the notification app and its template are configured.",
      labels: {},
    }),
    requests: metrics.counter({
      name: "skytide_notifier_requests_total",
      help: "Calls of POST /internal/notify/escalation by answer.",
      labels: { outcome: ["notified", "failed", "pending", "rejected", "error"] },
    }),
  };
}

export type NotifierMetrics = ReturnType<typeof createNotifierMetrics>;
