import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from "prom-client";
import { createDependencyMetrics } from "./dependency-metrics.ts";
import {
  BLOCKED_REASONS,
  type DeclaredMetric,
  type Exemplar,
  type GaugeMetric,
  INVARIANTS,
  type LabelSets,
  type MetricOptions,
  type Metrics,
  PAUSE_SCOPES,
} from "./metrics-types.ts";

export interface MetricsOptions {
  version: string;
  commit?: string;
  /** `process_*` and `nodejs_*`; default true. */
  processMetrics?: boolean;
}

const BLOCKED = {
  name: "skytide_org_blocked",
  help: "1 while an organization must act before its messages can go on.",
};

type Values = Record<string, string>;
type Registered = { registers: [Registry<OpenMetricsContentType>]; enableExemplars: true };

/** Creates the one registry of a process. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10 });
  const registered: Registered = { registers: [registry], enableExemplars: true };
  const build = { name: "skytide_build_info", help: "Always 1." };
  new Gauge({ ...build, labelNames: ["version", "commit"], ...registered })
    .labels(options.version, options.commit ?? "unknown")
    .set(1);
  const declared: DeclaredMetric[] = [
    { ...build, type: "gauge", labels: { version: null, commit: null } },
    { ...BLOCKED, type: "gauge", labels: { org: null, reason: BLOCKED_REASONS } },
  ];
  const declare = (
    type: DeclaredMetric["type"],
    metric: MetricOptions<LabelSets> & Pick<DeclaredMetric, "buckets">,
  ) => {
    const { name, help, labels, buckets } = metric;
    declared.push({ name, type, help, labels, ...(buckets && { buckets }) });
  };
  const own: Pick<Metrics, "counter" | "gauge" | "histogram"> = {
    counter(metric) {
      declare("counter", metric);
      return createCounter(metric, registered);
    },
    gauge(metric) {
      declare("gauge", metric);
      return createGauge(metric, registered);
    },
    histogram(metric) {
      declare("histogram", metric);
      return createHistogram(metric, registered);
    },
  };
  return {
    ...own,
    dependencies: createDependencyMetrics(own),
    violated: createViolations(own),
    paused: createPaused(own),
    orgBlocked: createOrgBlocked(registered),
    declared: () => declared,
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function createCounter<Labels extends LabelSets>(metric: MetricOptions<Labels>, registered: Registered) {
  const counter = new Counter({ ...naming(metric), ...registered });
  for (const labels of combinations(metric.labels)) counter.inc({ labels, value: 0 });
  return {
    inc: (labels: Values, value = 1, exemplar?: Exemplar) =>
      counter.inc({ labels: closed(metric.labels, labels), value, ...exemplarOf(exemplar) }),
  };
}

function createGauge<Labels extends LabelSets>(
  metric: MetricOptions<Labels> & { collect?: (gauge: GaugeMetric<Labels>) => void | Promise<void> },
  registered: Registered,
): GaugeMetric<Labels> {
  const { collect } = metric;
  const gauge = new Gauge({
    ...naming(metric),
    ...registered,
    ...(collect ? { collect: () => collect(own) } : {}),
  });
  const own: GaugeMetric<Labels> = {
    set: (labels, value) => gauge.set(closed(metric.labels, labels), value),
    add: (labels, value) => gauge.inc(closed(metric.labels, labels), value),
    remove: (labels) => gauge.remove(closed(metric.labels, labels)),
  };
  return own;
}

function createHistogram<Labels extends LabelSets>(
  metric: MetricOptions<Labels> & { buckets: readonly number[] },
  registered: Registered,
) {
  const histogram = new Histogram({ ...naming(metric), buckets: [...metric.buckets], ...registered });
  return {
    observe: (labels: Values, value: number, exemplar?: Exemplar) =>
      histogram.observe({ labels: closed(metric.labels, labels), value, ...exemplarOf(exemplar) }),
  };
}

function createPaused(metrics: Pick<Metrics, "gauge">): Metrics["paused"] {
  const paused = metrics.gauge({
    name: "skytide_paused",
    help: "What an operator paused: consumers of the stage, organizations, bots, conversations.",
    labels: { scope: PAUSE_SCOPES },
  });
  return (scope, count) => paused.set({ scope }, count);
}

function createViolations(metrics: Pick<Metrics, "counter">): Metrics["violated"] {
  const violations = metrics.counter({
    name: "skytide_invariant_violations_total",
    help: "What must never happen and did.",
    labels: { invariant: INVARIANTS },
  });
  return (invariant) => violations.inc({ invariant });
}

function createOrgBlocked(registered: Registered): Metrics["orgBlocked"] {
  const gauge = new Gauge({
    ...BLOCKED,
    labelNames: ["org", "reason"],
    ...registered,
  });
  return {
    set: (organizationId, reason) => gauge.set({ org: organizationId, reason }, 1),
    clear: (organizationId, reason) => gauge.remove({ org: organizationId, reason }),
  };
}

function naming<Labels extends LabelSets>(metric: MetricOptions<Labels>) {
  return { name: metric.name, help: metric.help, labelNames: Object.keys(metric.labels) };
}

function exemplarOf(exemplar: Exemplar | undefined) {
  return exemplar?.traceId === undefined ? {} : { exemplarLabels: { trace_id: exemplar.traceId } };
}

/** A value outside its list is counted as `other`: a label never grows with what comes in. */
function closed(sets: LabelSets, values: Values): Values {
  return Object.fromEntries(
    Object.entries(sets).map(([name, allowed]) => {
      const value = values[name];
      return [name, value !== undefined && allowed.includes(value) ? value : "other"];
    }),
  );
}

/** Every combination of label values: a counter that first appears with a value has no increase, so it appears with 0. */
function combinations(sets: LabelSets): Values[] {
  return Object.entries(sets).reduce<Values[]>(
    (soFar, [name, values]) => soFar.flatMap((labels) => values.map((value) => ({ ...labels, [name]: value }))),
    [{}],
  );
}
