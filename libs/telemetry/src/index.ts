export { BUCKETS } from "./buckets.ts";
export {
  CIRCUIT_STATES,
  type CircuitState,
  type DependencyMetrics,
  type DependencyOutcome,
  outcomeOfStatus,
  type RequestObserver,
} from "./dependency-metrics.ts";
export { type ErrorFields, toErrorFields } from "./error-fields.ts";
export type { LogFields } from "./log-fields.ts";
export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions, type LogLevel } from "./logger.ts";
export { createMetrics, type MetricsOptions } from "./metrics.ts";
export {
  BLOCKED_REASONS,
  type BlockedReason,
  type CounterMetric,
  type DeclaredMetric,
  type GaugeMetric,
  type HistogramMetric,
  type LabelSets,
  type LabelsOf,
  type MetricOptions,
  type Metrics,
} from "./metrics-types.ts";
export { childTraceparent, newTraceparent, spanIdOf, traceIdOf } from "./traceparent.ts";
export { createTracer, createTracerMetrics, type TracerOptions } from "./tracer.ts";
export type { Generation, TraceContent, Tracer, TraceSpan, TurnStart, TurnTrace } from "./tracer-types.ts";
