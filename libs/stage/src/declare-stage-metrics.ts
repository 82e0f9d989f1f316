import type { Stage } from "@skytide/events";
import { createTracerMetrics, type Metrics } from "@skytide/telemetry";
import { createPublishMetrics } from "./count-publishes.ts";
import { createLogMetrics } from "./log-gauges.ts";
import { createServerMetrics } from "./nats-health.ts";
import { createBusMetrics } from "./open-bus.ts";
import { createPipelineMetrics } from "./pipeline.ts";

/** Registers what every stage shows, without running one: for lists of metrics. */
export function declareStageMetrics(stage: Stage, metrics: Metrics): void {
  createBusMetrics(metrics, () => false);
  createPublishMetrics(stage, metrics);
  createTracerMetrics(metrics);
  createPipelineMetrics(stage, metrics);
  createLogMetrics(metrics, stage);
  createServerMetrics(metrics, ["server"]);
}
