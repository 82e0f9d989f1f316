import type { Dashboard, Panel } from "../dashboard-types.ts";
import { backlogPanels, FLEET_VARIABLES, fleetQueries, quantiles } from "../shared.ts";
import { dependencyPanels } from "./dependencies.ts";
import { nowPanels, objectivesPanels } from "./objectives.ts";
import { outcomePanels } from "./outcomes.ts";
import { wayInPanels } from "./way-in.ts";

const q = fleetQueries;

/** Is everybody served, and if not, where does it hurt: the first page of whoever is called. */
export const fleet: Dashboard = {
  uid: "skytide-fleet",
  file: "fleet.json",
  title: "Skytide / Fleet",
  description: "Is everybody served, and if not, where does it hurt.",
  variables: FLEET_VARIABLES,
  rows: [
    { title: "Now", panels: [...nowPanels(), ...outcomePanels()] },
    { title: "Objectives", panels: objectivesPanels() },
    { title: "Traffic", panels: traffic() },
    { title: "Way in", panels: wayInPanels() },
    { title: "Errors", panels: errors() },
    { title: "Latency", panels: latency() },
    { title: "Queues", panels: queues() },
    { title: "Saturation", panels: saturation() },
    { title: "Dependencies", panels: dependencyPanels(q) },
  ],
};

function traffic(): Panel[] {
  const by = ["outcome"];
  const shared = { kind: "timeseries", unit: "reqps", stack: true } as const;
  return [
    {
      ...shared,
      title: "Webhooks by outcome",
      description:
        "Calls of Gupshup. rejected: not ours or malformed; shed: a limit answered 503; error: we could not store it.",
      targets: [{ expr: q.rate("skytide_webhook_requests_total", { by }), legend: "{{outcome}}" }],
      alerts: ["SkytideNoTraffic", "SkytideWebhookErrorsFastBurn"],
    },
    {
      ...shared,
      title: "Turns by outcome",
      description: "One turn answers everything that a customer wrote in one burst.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_turns_total", { by }), legend: "{{outcome}}" }],
      alerts: ["SkytideSuccessRateLow"],
    },
    {
      ...shared,
      title: "Sends by outcome",
      description: "Attempts to send one message; one reply may be several.",
      targets: [{ expr: q.rate("skytide_outbound_sends_total", { by }), legend: "{{outcome}}" }],
      alerts: ["SkytideOutboundFailuresHigh"],
    },
  ];
}

function errors(): Panel[] {
  const by = ["stage"];
  const again = q.rate("skytide_messages_received_total", { where: { redelivery: "true" }, by });
  return [
    {
      kind: "timeseries",
      title: "Failed attempts by stage",
      description: "Every attempt at a message that failed, whatever became of it. Why: dashboard Stage.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_message_failures_total", { by }), legend: "{{stage}}" }],
    },
    {
      kind: "timeseries",
      title: "Messages that came again",
      description: "Share of each stage's messages that were deliveries of the same message.",
      unit: "percentunit",
      targets: [{ expr: `${again} / ${q.rate("skytide_messages_received_total", { by })}`, legend: "{{stage}}" }],
      limits: [{ above: 0.05, color: "yellow" }],
      alerts: ["SkytideRedeliveryHigh"],
    },
    {
      kind: "timeseries",
      title: "Dead letters by stage",
      description: "Messages that a stage gave up and that wait for an operator: skytide dlq list.",
      unit: "short",
      targets: [{ expr: q.highest("skytide_dead_letters", { by }), legend: "{{stage}}" }],
      limits: [{ above: 1, color: "yellow" }],
      alerts: ["SkytideDeadLetters", "SkytideDeadLetterBurst"],
    },
  ];
}

function latency(): Panel[] {
  const shared = { kind: "timeseries", unit: "s", exemplars: true } as const;
  return [
    {
      ...shared,
      title: "Reply latency",
      description:
        "Customer's message received to first reply accepted, the deliberate wait taken out. A point is one reply: it links to its trace.",
      targets: quantiles(q, "skytide_reply_latency_seconds"),
      limits: [{ above: 2, color: "red" }],
      alerts: ["SkytideReplyLatencyP95High"],
    },
    {
      ...shared,
      title: "Reply time as the customer sees it",
      description: "The same with the deliberate wait for more messages (DEBOUNCE_MS).",
      targets: quantiles(q, "skytide_reply_wall_seconds"),
    },
    {
      kind: "timeseries",
      unit: "s",
      title: "Share of each stage in the reply, p95",
      description: "Where the time goes; debounce is the deliberate wait.",
      targets: [{ expr: q.quantile(0.95, "skytide_reply_stage_seconds", { by: ["stage"] }), legend: "{{stage}}" }],
    },
  ];
}

function queues(): Panel[] {
  return [
    ...backlogPanels(q),
    {
      kind: "timeseries",
      title: "Wait before a stage, p95",
      description: "Publication of a message to the start of its handler: the first to rise when a stage is too small.",
      unit: "s",
      targets: [{ expr: q.quantile(0.95, "skytide_queue_wait_seconds", { by: ["stage"] }), legend: "{{stage}}" }],
    },
  ];
}

function saturation(): Panel[] {
  const by = ["stage"];
  return [
    {
      kind: "timeseries",
      width: 6,
      title: "Paused by operators",
      description:
        "Consumers of stages, organizations, bots and conversations. Messages wait or are stored without an answer.",
      unit: "short",
      targets: [{ expr: q.highest("skytide_paused", { by: ["scope"] }), legend: "{{scope}}" }],
      limits: [{ above: 1, color: "yellow" }],
      alerts: ["SkytidePausedTooLong"],
    },
    {
      kind: "timeseries",
      width: 6,
      title: "Places in use by stage",
      description: "Messages in hand against messages that can be in hand. At 100 % a stage needs more processes.",
      unit: "percentunit",
      max: 1,
      targets: [
        {
          expr: `${q.sum("skytide_inflight", { by })} / ${q.sum("skytide_concurrency_limit", { by })}`,
          legend: "{{stage}}",
        },
      ],
    },
    {
      kind: "timeseries",
      width: 6,
      title: "Event loop lag, p99, slowest process",
      description: "How late a process gets to its work. Above 0.2 s it is too busy to answer in time.",
      unit: "s",
      targets: [{ expr: q.highest("nodejs_eventloop_lag_p99_seconds", { by: ["job"] }), legend: "{{job}}" }],
      limits: [{ above: 0.2, color: "red" }],
      alerts: ["SkytideEventLoopLag"],
    },
    {
      kind: "timeseries",
      width: 6,
      title: "Memory, largest process",
      description: "Resident memory; steady growth is a leak.",
      unit: "bytes",
      targets: [{ expr: q.highest("process_resident_memory_bytes", { by: ["job"] }), legend: "{{job}}" }],
    },
  ];
}
