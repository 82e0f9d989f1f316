import type { Panel, Target, Variable } from "./dashboard-types.ts";
import { createQueries, type Queries } from "./queries.ts";

/** Queries over the whole fleet: of the jobs and instances that are chosen, at first all. */
export const fleetQueries = createQueries('job=~"$job"');

/** Queries over the stage that is chosen. */
export const stageQueries = createQueries('job="skytide-$stage"');

export const FLEET_VARIABLES: readonly Variable[] = [
  // Not ".+": nodejs_ and process_ are other programs' metrics, too.
  { name: "job", label: "Job", from: { query: "label_values(skytide_build_info, job)", all: "skytide-.+" } },
  { name: "instance", label: "Instance", from: { query: 'label_values(up{job=~"$job"}, instance)', all: ".+" } },
];

/** Middle, slow and slowest of a histogram. */
export function quantiles(queries: Queries, name: string, where = {}): Target[] {
  return [0.5, 0.95, 0.99].map((quantile) => ({
    expr: queries.quantile(quantile, name, { where }),
    legend: `p${quantile * 100}`,
  }));
}

/** Messages that wait for each consumer, and how old the oldest is: wherever somebody asks what is behind. */
export function backlogPanels({ highest }: Queries, where = {}): Panel[] {
  const by = ["stream", "consumer"];
  return [
    {
      kind: "timeseries",
      title: "Waiting messages by consumer",
      description:
        "Messages of the log that a consumer has not been given yet. Steady growth: more is coming than its stage can do.",
      unit: "short",
      targets: [
        { expr: highest("skytide_jetstream_consumer_pending", { where, by }), legend: "{{stream}} {{consumer}}" },
      ],
      alerts: ["SkytideConsumerStalled"],
    },
    {
      kind: "timeseries",
      title: "Oldest unsettled message by consumer",
      description: "Age of the first message that is not settled. Above a minute customers notice.",
      unit: "s",
      targets: [
        {
          expr: highest("skytide_jetstream_consumer_oldest_age_seconds", { where, by }),
          legend: "{{stream}} {{consumer}}",
        },
      ],
      limits: [{ above: 60, color: "red" }],
      alerts: ["SkytideBacklogOld", "SkytideRecorderBehind"],
    },
  ];
}
