import type { Dashboard, Panel } from "../dashboard-types.ts";
import { FLEET_VARIABLES, fleetQueries, quantiles } from "../shared.ts";
import { remindersPanels, staffPanels } from "./people.ts";

const q = fleetQueries;

/** Do answers, notices and reminders reach people. */
export const outbound: Dashboard = {
  uid: "skytide-outbound",
  file: "outbound-and-delivery.json",
  title: "Skytide / Outbound & delivery",
  description: "Do answers, notices and reminders reach people.",
  variables: FLEET_VARIABLES,
  rows: [
    { title: "Sends", panels: sends() },
    { title: "What is held back", panels: heldBack() },
    { title: "Delivery", panels: delivery() },
    { title: "Staff", panels: staffPanels() },
    { title: "Reminders and the CRM", panels: remindersPanels() },
  ],
};

function sends(): Panel[] {
  const bad = { outcome: ["rejected", "error", "timeout"] };
  return [
    {
      kind: "timeseries",
      title: "Sends by kind and outcome",
      description: "Attempts to send one message. suppressed: not called on purpose.",
      unit: "reqps",
      stack: true,
      targets: [
        { expr: q.rate("skytide_outbound_sends_total", { by: ["kind", "outcome"] }), legend: "{{kind}} {{outcome}}" },
      ],
    },
    {
      kind: "timeseries",
      title: "Sends that fail",
      description: "Share of attempts that were refused, failed or timed out.",
      unit: "percentunit",
      targets: [
        {
          expr: `${q.rate("skytide_outbound_sends_total", { where: bad })} / ${q.rate("skytide_outbound_sends_total")}`,
          legend: "failed",
        },
      ],
      limits: [{ above: 0.05, color: "red" }],
      alerts: ["SkytideOutboundFailuresHigh"],
    },
    {
      kind: "timeseries",
      title: "Time of the provider's answer",
      description: "Length of one call of the send API.",
      unit: "s",
      targets: quantiles(q, "skytide_outbound_send_duration_seconds"),
    },
  ];
}

function heldBack(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Sends whose result is unknown",
      description: "The answer never came and neither did a receipt: skytide outbound unknown.",
      unit: "short",
      targets: [{ expr: q.highest("skytide_outbound_unknown"), legend: "unknown" }],
      limits: [{ above: 1, color: "yellow" }],
      alerts: ["SkytideOutboundUnknown"],
    },
    {
      kind: "timeseries",
      title: "How unknown results were resolved",
      description: "By a receipt, by sending again, held for an operator, or found later.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_outbound_uncertain_total", { by: ["resolution"] }), legend: "{{resolution}}" }],
    },
    {
      kind: "timeseries",
      title: "Wait for our own rate limits",
      description: "What the limits per number and per customer asked for.",
      unit: "s",
      targets: quantiles(q, "skytide_outbound_throttle_seconds"),
    },
    {
      kind: "timeseries",
      title: "Replies not sent on purpose",
      description:
        "Why: the agent is paused, the 24-hour window is closed, there is no connection, something newer, a blocked app.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_outbound_suppressed_total", { by: ["reason"] }), legend: "{{reason}}" }],
    },
    {
      kind: "timeseries",
      title: "Apps through which nothing is sent",
      description: "The provider refuses them: their messages wait or fail until it takes them again.",
      unit: "short",
      targets: [{ expr: q.highest("skytide_outbound_circuits"), legend: "apps" }],
      limits: [{ above: 1, color: "yellow" }],
    },
    {
      kind: "timeseries",
      title: "Blocked organizations by reason",
      description: "They must act themselves: key, wallet, template, settings. Which: skytide_org_blocked.",
      unit: "short",
      targets: [
        {
          expr: `count by (reason) (${q.highest("skytide_org_blocked", { by: ["org", "reason"] })} == 1)`,
          legend: "{{reason}}",
        },
      ],
      emptyWhen: "no organization is blocked",
      alerts: ["SkytideInvalidCredentials"],
    },
  ];
}

function delivery(): Panel[] {
  const failed = q.rate("skytide_delivery_receipts_total", { where: { status: "failed" } });
  const settled = q.rate("skytide_delivery_receipts_total", { where: { status: ["delivered", "failed"] } });
  return [
    {
      kind: "timeseries",
      title: "Receipts by status",
      description: "What the provider reported about messages that it had accepted.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_delivery_receipts_total", { by: ["status"] }), legend: "{{status}}" }],
      alerts: ["SkytideReceiptsMissing"],
    },
    {
      kind: "timeseries",
      title: "Accepted and not delivered",
      description: "Share of messages with a final receipt that failed.",
      unit: "percentunit",
      targets: [{ expr: `${failed} / ${settled}`, legend: "failed" }],
      limits: [{ above: 0.05, color: "red" }],
      alerts: ["SkytideDeliveryFailuresHigh"],
    },
    {
      kind: "timeseries",
      title: "Acceptance to delivery",
      description: "How long WhatsApp took to bring it to the phone; a phone that is off counts, too.",
      unit: "s",
      targets: quantiles(q, "skytide_delivery_delay_seconds"),
    },
    {
      kind: "timeseries",
      title: "Late failures by class",
      description: "Why accepted messages failed later, by class of the provider's code.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_outbound_late_failures_total", { by: ["class"] }), legend: "{{class}}" }],
    },
    {
      kind: "timeseries",
      title: "What was done about late failures",
      description: "Sent again, replaced by a template, given up, or without a message of ours.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_outbound_late_actions_total", { by: ["action"] }), legend: "{{action}}" }],
    },
    {
      kind: "timeseries",
      title: "Read marks and typing",
      description: "Courtesies: a failure of them costs nobody an answer.",
      unit: "cps",
      targets: [
        { expr: q.rate("skytide_outbound_read_marks_total", { by: ["outcome"] }), legend: "read mark {{outcome}}" },
        { expr: q.rate("skytide_outbound_typing_total", { by: ["outcome"] }), legend: "typing {{outcome}}" },
      ],
    },
  ];
}
