import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { REMINDER_OUTCOMES } from "./reminders/fire-reminder.ts";

/** This stage's own metrics. */
export function createNotifierMetrics(metrics: Metrics) {
  return {
    notifications: metrics.counter({
      name: "skytide_notifications_total",
      help: "Attempts to tell one person; no_recipient and not_configured count escalations that nobody could be told about.",
      labels: {
        outcome: ["accepted", "rejected", "timeout", "error", "undelivered", "no_recipient", "not_configured"],
      },
    }),
    delay: metrics.histogram({
      name: "skytide_notification_delay_seconds",
      help: "Escalation raised to first notice accepted.",
      labels: {},
      buckets: BUCKETS.replyLatency,
    }),
    escalations: metrics.counter({
      name: "skytide_escalations_total",
      help: "Times that the CRM asked for a person, one that was asked for already left out.",
      labels: { reason: ["user_asked"] },
    }),
    configured: metrics.gauge({
      name: "skytide_notifications_configured",
      help: "1 when the notification app and its template are configured.",
      labels: {},
    }),
    templateTroubles: metrics.counter({
      name: "skytide_notice_template_troubles_total",
      help: "What the provider did to the template of the notices: refused a send by it, or paused, disabled … it.",
      labels: {
        template: ["first", "fallback"],
        trouble: ["refused", "paused", "disabled", "rejected", "deleted", "flagged"],
      },
    }),
    handoffs: metrics.counter({
      name: "skytide_handoffs_total",
      help: "What was done about hand-offs: the agent came back by itself, staff told again, the customer told that nobody answered.",
      labels: { outcome: ["resumed", "told_again", "unanswered", "undelivered"] },
    }),
    reminders: metrics.counter({
      name: "skytide_reminders_total",
      help: "Reminders whose time had come, by what became of them.",
      labels: { outcome: REMINDER_OUTCOMES },
    }),
    reminderLag: metrics.histogram({
      name: "skytide_reminder_lag_seconds",
      help: "From the moment that the organization wants to the reminder's request; quiet hours count.",
      labels: {},
      buckets: [1, 5, 30, 60, 300, 900, 3_600, 14_400, 43_200],
    }),
    reconciled: metrics.gauge({
      name: "skytide_reconcile_timestamp_seconds",
      help: "When the timers of reminders and hand-offs were last compared with the database.",
      labels: {},
    }),
    rearmed: metrics.counter({
      name: "skytide_reconcile_timers_total",
      help: "Timers that a comparison with the database set.",
      labels: { kind: ["reminder", "handoff"] },
    }),
    requests: metrics.counter({
      name: "skytide_notifier_requests_total",
      help: "Calls of POST /internal/notify/escalation by answer.",
      labels: { outcome: ["notified", "failed", "pending", "rejected", "error"] },
    }),
  };
}

export type NotifierMetrics = ReturnType<typeof createNotifierMetrics>;
