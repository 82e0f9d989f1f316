import { type FleetMetric, fleetMetrics } from "../prometheus/declared-metrics.ts";

/** Which series of a metric: label → value, several values, or none of some; `$stage` is the dashboard's variable. */
export type Where = Readonly<Record<string, string | readonly string[] | { not: string }>>;

interface Cut {
  where?: Where;
  by?: readonly string[];
}

/** What every process shows beside our own (prom-client's defaults); deploy/test compares with a real registry. */
export const PROCESS_METRICS = [
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "nodejs_eventloop_lag_p99_seconds",
] as const;

const FLEET = new Map(fleetMetrics().map((metric) => [metric.name, metric]));
const LABELS_OF_SCRAPING = ["job", "instance"];

/** The queries of a dashboard: each takes names, labels and values that the code declares, and throws for any other. */
export type Queries = ReturnType<typeof createQueries>;

/** Creates the queries of a dashboard whose series are those of `job` (a matcher) and of its variable `instance`. */
export function createQueries(job: string) {
  /** A selector of the metric, `part` being `_bucket`, `_sum` or `_count` of a histogram. */
  function select(name: string, where: Where = {}, part = ""): string {
    const metric = declared(name);
    const own = Object.entries(where).map(([label, value]) => {
      checkValues(metric, name, label, value);
      return matcher(label, value);
    });
    return `${name}${part}{${[...own, job, 'instance=~"$instance"'].join(",")}}`;
  }
  const total =
    (range: string, how: string) =>
    (name: string, { where, by }: Cut) =>
      `sum${grouping(name, by)} (${how}(${select(name, where)}[${range}]))`;
  return {
    select,
    /** Events per second of a counter. */
    rate: (name: string, cut: Cut = {}) => total("$__rate_interval", "rate")(name, cut),
    /** Events of a counter in the range that the dashboard shows. */
    countInRange: (name: string, cut: Cut = {}) => total("$__range", "increase")(name, cut),
    /** The middle of what a histogram observed: for small whole numbers, between which quantiles would be guesses. */
    mean: (name: string, { where, by }: Cut = {}) => {
      const [sum, count] = ["_sum", "_count"].map(
        (part) => `sum${grouping(name, by)} (rate(${select(name, where, part)}[$__rate_interval]))`,
      );
      return `${sum} / ${count}`;
    },
    quantile: (quantile: number, name: string, { where, by = [] }: Cut = {}) => {
      grouping(name, by);
      const buckets = `rate(${select(name, where, "_bucket")}[$__rate_interval])`;
      return `histogram_quantile(${quantile}, sum by (${["le", ...by].join(", ")}) (${buckets}))`;
    },
    /** A gauge that every process shows alike (lag, dead letters): the highest, never the sum. */
    highest: (name: string, { where, by }: Cut = {}) => `max${grouping(name, by)} (${select(name, where)})`,
    lowest: (name: string, { where, by }: Cut = {}) => `min${grouping(name, by)} (${select(name, where)})`,
    /** A gauge of which each process shows its own part. */
    sum: (name: string, { where, by }: Cut = {}) => `sum${grouping(name, by)} (${select(name, where)})`,
  };
}

function declared(name: string): FleetMetric | undefined {
  const metric = FLEET.get(name);
  if (metric === undefined && name !== "up" && !PROCESS_METRICS.some((one) => one === name)) {
    throw new Error(`No stage makes ${name}.`);
  }
  return metric;
}

function checkValues(metric: FleetMetric | undefined, name: string, label: string, value: Where[string]): void {
  if (label === "le") return;
  const allowed = metric?.labels[label];
  if (allowed === undefined) throw new Error(`${name} has no label ${label}.`);
  const values = typeof value === "string" ? [value] : "not" in value ? [value.not] : value;
  for (const one of values) {
    if (one.startsWith("$") || allowed === null || allowed.includes(one)) continue;
    throw new Error(`${name} has no ${label} ${one}.`);
  }
}

function matcher(label: string, value: Where[string]): string {
  // Prometheus 3 writes le="2" as 2.0.
  if (label === "le") return `le=~"${value}|${value}[.]0"`;
  if (typeof value === "string") return `${label}="${value}"`;
  return "not" in value ? `${label}!="${value.not}"` : `${label}=~"${value.join("|")}"`;
}

function grouping(name: string, by: readonly string[] = []): string {
  const labels = declared(name)?.labels ?? {};
  for (const label of by) {
    if (!(label in labels) && !LABELS_OF_SCRAPING.includes(label)) throw new Error(`${name} has no label ${label}.`);
  }
  return by.length === 0 ? "" : ` by (${by.join(", ")})`;
}
