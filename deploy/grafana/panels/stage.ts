import { STAGES } from "@skytide/events";
import type { Dashboard, Panel } from "../dashboard-types.ts";
import { stageQueries as q, quantiles } from "../shared.ts";
import { dependencyPanels } from "./dependencies.ts";
import { processesPanels } from "./processes.ts";

const where = { stage: "$stage" };

/** One stage from its queue to its processes. */
export const stage: Dashboard = {
  uid: "skytide-stage",
  file: "stage.json",
  title: "Skytide / Stage",
  description: "One stage from its queue to its processes; choose it above.",
  variables: [
    { name: "stage", label: "Stage", from: { values: STAGES } },
    {
      name: "instance",
      label: "Instance",
      from: { query: 'label_values(up{job="skytide-$stage"}, instance)', all: ".+" },
    },
  ],
  rows: [
    { title: "$stage: messages", panels: messages() },
    { title: "$stage: time", panels: time() },
    { title: "$stage: queue", panels: queue() },
    { title: "$stage: the log", panels: log() },
    { title: "$stage: dependencies", panels: dependencyPanels(q) },
    { title: "$stage: processes", panels: processesPanels() },
  ],
};

function messages(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Messages by decision",
      description: "What was decided about each message: ok, duplicate, skipped, paused, retried, dead.",
      unit: "mps",
      stack: true,
      targets: [
        { expr: q.rate("skytide_messages_processed_total", { where, by: ["outcome"] }), legend: "{{outcome}}" },
      ],
      alerts: ["SkytideDeadLetterBurst"],
    },
    {
      kind: "timeseries",
      title: "Failed attempts by reason",
      description: "bug: ours, with a stack in the log; upstream: a provider; db, nats: our own surroundings.",
      unit: "cps",
      stack: true,
      targets: [{ expr: q.rate("skytide_message_failures_total", { where, by: ["reason"] }), legend: "{{reason}}" }],
    },
    {
      kind: "timeseries",
      title: "Received, first time and again",
      description: "Deliveries that came again: after a failure, a restart, or a process that was away too long.",
      unit: "mps",
      targets: [
        {
          expr: q.rate("skytide_messages_received_total", { where: { ...where, redelivery: "false" } }),
          legend: "first time",
        },
        {
          expr: q.rate("skytide_messages_received_total", { where: { ...where, redelivery: "true" } }),
          legend: "again",
        },
      ],
      alerts: ["SkytideRedeliveryHigh"],
    },
  ];
}

function time(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Handling of a message",
      description:
        "Handler start to decision. A point is one message; it links to its trace, which there is where a turn belongs to it.",
      unit: "s",
      exemplars: true,
      targets: quantiles(q, "skytide_handler_duration_seconds", where),
    },
    {
      kind: "timeseries",
      title: "Wait before the handler",
      description: "Publication to handler start, first deliveries.",
      unit: "s",
      targets: quantiles(q, "skytide_queue_wait_seconds", where),
    },
    {
      kind: "timeseries",
      title: "Time since the last success, most recent process",
      description: "Grows in a quiet hour, too; beside waiting messages it means that the stage stands still.",
      unit: "s",
      targets: [
        { expr: `time() - (${q.highest("skytide_last_success_timestamp_seconds", { where })} > 0)`, legend: "since" },
      ],
      emptyWhen: "the stage has not handled anything since it started",
    },
  ];
}

function queue(): Panel[] {
  const by = ["consumer"];
  return [
    {
      kind: "timeseries",
      title: "Waiting and unsettled messages",
      description: "Waiting: not delivered yet. Unsettled: delivered, in work or waiting for another attempt.",
      unit: "short",
      targets: [
        { expr: q.highest("skytide_jetstream_consumer_pending", { by }), legend: "{{consumer}} waiting" },
        { expr: q.highest("skytide_jetstream_consumer_ack_pending", { by }), legend: "{{consumer}} unsettled" },
      ],
      alerts: ["SkytideConsumerStalled"],
    },
    {
      kind: "timeseries",
      title: "Oldest unsettled message",
      description: "Age of the first message that is not settled, by consumer.",
      unit: "s",
      targets: [{ expr: q.highest("skytide_jetstream_consumer_oldest_age_seconds", { by }), legend: "{{consumer}}" }],
      limits: [{ above: 60, color: "red" }],
      alerts: ["SkytideBacklogOld"],
    },
    {
      kind: "timeseries",
      title: "In hand, places, and parked for fairness",
      description:
        "Parked: the organization has as many messages in hand as one may have. In hand at the limit: more processes are needed.",
      unit: "short",
      targets: [
        { expr: q.sum("skytide_inflight", { where }), legend: "in hand" },
        { expr: q.sum("skytide_concurrency_limit", { where }), legend: "places" },
        { expr: q.sum("skytide_parked_messages"), legend: "parked" },
      ],
      alerts: ["SkytideParkedBacklog"],
    },
  ];
}

function log(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Publishes by outcome",
      description: "refused: a newer message made the commit stale. timeout, error: the log cannot be written.",
      unit: "mps",
      targets: [{ expr: q.rate("skytide_nats_publish_total", { where, by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideNatsPublishFailing"],
    },
    {
      kind: "timeseries",
      title: "Dead letters that wait",
      description: "Messages that the stage gave up: skytide dlq list --stage $stage.",
      unit: "short",
      targets: [{ expr: q.highest("skytide_dead_letters", { where }), legend: "dead letters" }],
      limits: [{ above: 1, color: "yellow" }],
      alerts: ["SkytideDeadLetters"],
    },
    {
      kind: "timeseries",
      title: "Connection to NATS",
      description: "1 while every process is connected; and how often a connection came back.",
      unit: "short",
      targets: [
        { expr: q.lowest("skytide_nats_connected"), legend: "connected" },
        { expr: q.countInRange("skytide_nats_reconnects_total"), legend: "came back in this range" },
      ],
      alerts: ["SkytideNatsDisconnected"],
    },
    {
      kind: "timeseries",
      title: "Spans for Langfuse by outcome",
      description: "dropped: Langfuse was away or slow. Traces have gaps; nothing else suffers.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_trace_spans_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
    },
  ];
}
