import type { Dashboard, Panel } from "../dashboard-types.ts";
import { backlogPanels, FLEET_VARIABLES, fleetQueries } from "../shared.ts";

const q = fleetQueries;
const consumer = { by: ["stream", "consumer"] };
const stream = { by: ["stream"] };

/** The log as the stages see it: no exporter is needed. The official one shows the servers themselves. */
export const nats: Dashboard = {
  uid: "skytide-nats",
  file: "nats.json",
  title: "Skytide / NATS",
  description: "The log as the stages see it; the servers themselves are on the dashboards of the official exporter.",
  variables: FLEET_VARIABLES,
  rows: [
    { title: "Connection", panels: connection() },
    { title: "Consumers", panels: consumers() },
    { title: "Streams", panels: streams() },
  ],
};

function connection(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Stages that are connected",
      description: "1 while every process of the stage is connected.",
      unit: "short",
      max: 1,
      targets: [{ expr: q.lowest("skytide_nats_connected", { by: ["job"] }), legend: "{{job}}" }],
      alerts: ["SkytideNatsDisconnected"],
    },
    {
      kind: "timeseries",
      title: "Publishes by outcome",
      description:
        "refused: a newer message made the commit stale. timeout, error: a full disk, a lost quorum, a missing permission.",
      unit: "mps",
      stack: true,
      targets: [{ expr: q.rate("skytide_nats_publish_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideNatsPublishFailing"],
    },
    {
      kind: "timeseries",
      title: "Publishes that failed, by stage",
      description: "Timeouts and errors alone.",
      unit: "mps",
      targets: [
        {
          expr: q.rate("skytide_nats_publish_total", { where: { outcome: ["timeout", "error"] }, by: ["stage"] }),
          legend: "{{stage}}",
        },
      ],
      alerts: ["SkytideNatsPublishFailing"],
    },
    {
      kind: "timeseries",
      title: "Connections that came back",
      description: "Reconnects by stage in the time range.",
      unit: "short",
      targets: [{ expr: q.countInRange("skytide_nats_reconnects_total", { by: ["job"] }), legend: "{{job}}" }],
    },
    {
      kind: "timeseries",
      title: "Age of what stands below",
      description: "Stages read consumers and streams every 10 s. Old: the panels below show the past.",
      unit: "s",
      targets: [
        {
          expr: `time() - ${q.highest("skytide_jetstream_poll_timestamp_seconds", { by: ["job"] })}`,
          legend: "{{job}}",
        },
      ],
      limits: [{ above: 60, color: "red" }],
      alerts: ["SkytideMonitoringStale"],
    },
    {
      kind: "timeseries",
      title: "Servers that can write",
      description:
        "1 while /healthz of the server says so, as the stage sees it that sees it worst. 0: a full disk or a stream that stands still.",
      unit: "short",
      max: 1,
      targets: [{ expr: q.lowest("skytide_nats_server_healthy", { by: ["server"] }), legend: "{{server}}" }],
      emptyWhen: "NATS_MONITORING_URL is not set",
      alerts: ["SkytideNatsWriteFrozen"],
    },
  ];
}

function consumers(): Panel[] {
  return [
    ...backlogPanels(q),
    {
      kind: "timeseries",
      title: "Unsettled messages by consumer",
      description:
        "Delivered and neither acknowledged nor given back: in work, parked, or waiting for another attempt.",
      unit: "short",
      targets: [
        { expr: q.highest("skytide_jetstream_consumer_ack_pending", consumer), legend: "{{stream}} {{consumer}}" },
      ],
    },
    {
      kind: "timeseries",
      title: "Unsettled messages that came again",
      description: "Of the unsettled ones, those that were delivered more than once.",
      unit: "short",
      targets: [
        { expr: q.highest("skytide_jetstream_consumer_redelivered", consumer), legend: "{{stream}} {{consumer}}" },
      ],
      alerts: ["SkytideRedeliveryHigh"],
    },
    {
      kind: "timeseries",
      title: "Progress in the stream",
      description: "Sequences per second that each consumer passes. 0 beside waiting messages: it stands still.",
      unit: "mps",
      targets: [
        {
          expr: `max by (stream, consumer) (deriv(${q.select("skytide_jetstream_consumer_delivered_sequence")}[$__rate_interval]))`,
          legend: "{{stream}} {{consumer}}",
        },
      ],
      alerts: ["SkytideConsumerStalled"],
    },
    {
      kind: "timeseries",
      title: "Pulls that wait for messages",
      description: "Workers that ask. 0 for long: nobody reads the consumer, or everybody has its hands full.",
      unit: "short",
      targets: [{ expr: q.highest("skytide_jetstream_consumer_waiting", consumer), legend: "{{stream}} {{consumer}}" }],
    },
    {
      kind: "timeseries",
      title: "Paused consumers",
      description: "1 while an operator paused it (skytide pause stage). Messages wait meanwhile, nothing is lost.",
      unit: "short",
      max: 1,
      targets: [{ expr: q.highest("skytide_jetstream_consumer_paused", consumer), legend: "{{stream}} {{consumer}}" }],
    },
  ];
}

function streams(): Panel[] {
  const bytes = q.highest("skytide_jetstream_stream_bytes", stream);
  return [
    {
      kind: "timeseries",
      title: "Messages by stream",
      description: "DEADLETTERS above 0: somebody has to look (skytide dlq list).",
      unit: "short",
      targets: [{ expr: q.highest("skytide_jetstream_stream_messages", stream), legend: "{{stream}}" }],
      alerts: ["SkytideDeadLetters"],
    },
    {
      kind: "timeseries",
      title: "Bytes by stream",
      description: "What each stream has on disk.",
      unit: "bytes",
      targets: [{ expr: bytes, legend: "{{stream}}" }],
    },
    {
      kind: "timeseries",
      title: "Share of what a stream may hold",
      description: "Streams with a limit only. When it is reached the log refuses writes.",
      unit: "percentunit",
      max: 1,
      targets: [
        { expr: `${bytes} / (${q.highest("skytide_jetstream_stream_max_bytes", stream)} > 0)`, legend: "{{stream}}" },
      ],
      limits: [{ above: 0.8, color: "red" }],
      emptyWhen: "no stream has a limit",
      alerts: ["SkytideStreamNearFull"],
    },
  ];
}
