import type { Panel } from "../dashboard-types.ts";
import { fleetQueries as q, quantiles } from "../shared.ts";

/** Whether people of the organization learn that they are needed. */
export function staffPanels(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Notices to staff by outcome",
      description:
        "Attempts to tell one person that a customer wants one. no_recipient: the organization has nobody to tell.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_notifications_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: [
        "SkytideNotificationFailures",
        "SkytideEscalationNotNotified",
        "SkytideNobodyNotified",
        "SkytideNoticesUndelivered",
      ],
    },
    {
      kind: "timeseries",
      title: "Hand-off to first notice accepted",
      description: "How long staff did not know.",
      unit: "s",
      targets: quantiles(q, "skytide_notification_delay_seconds"),
    },
    {
      kind: "timeseries",
      title: "Hand-offs that were looked after",
      description: "The agent came back by itself, staff told again, the customer told that nobody answered.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_handoffs_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideHandoffsUnanswered"],
    },
    {
      kind: "timeseries",
      title: "Troubles with the template of notices",
      description: "The provider refuses sends by it, or paused, disabled … it.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_notice_template_troubles_total", { by: ["trouble"] }), legend: "{{trouble}}" }],
      alerts: ["SkytideNoticeTemplateTroubled"],
    },
  ];
}

/** What leaves by the clock, and what goes to and fro between log and CRM. */
export function remindersPanels(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Reminders by outcome",
      description: "Reminders whose time had come, by what became of them.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_reminders_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideRemindersMissed"],
    },
    {
      kind: "timeseries",
      title: "Lateness of reminders",
      description: "From the moment that the organization wants to the request; quiet hours count.",
      unit: "s",
      targets: quantiles(q, "skytide_reminder_lag_seconds"),
    },
    {
      kind: "timeseries",
      title: "Since timers were compared with the database",
      description:
        "Once a day (RECONCILE_AT). Above a day and a half reminders of changed appointments may be missing.",
      unit: "s",
      targets: [{ expr: `time() - (${q.highest("skytide_reconcile_timestamp_seconds")} > 0)`, legend: "since" }],
      limits: [{ above: 129_600, color: "yellow" }],
      emptyWhen: "they were not compared yet",
      alerts: ["SkytideRemindersLate"],
    },
    {
      kind: "timeseries",
      title: "Messages written to the CRM",
      description: "What the recorder of ingest wrote to chat_messages; duplicate: was there before.",
      unit: "mps",
      targets: [{ expr: q.rate("skytide_recorder_events_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideRecorderBehind"],
    },
    {
      kind: "timeseries",
      title: "Changes read from the CRM",
      description: "Rows of the outbox by what became of them.",
      unit: "mps",
      targets: [{ expr: q.rate("skytide_relay_rows_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
    },
  ];
}
