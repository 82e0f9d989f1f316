import { type Bus, DURABLES } from "@skytide/bus";
import type { Stage } from "@skytide/events";
import { BUCKETS, type Logger, type Metrics } from "@skytide/telemetry";
import { createAttempts } from "./attempts.ts";
import { createDatabaseCircuit, type DatabaseCircuit } from "./database-circuit.ts";
import { FAILURE_REASONS } from "./failure.ts";
import type { LifeSigns } from "./life.ts";
import { createMisconfigurationReporter } from "./misconfiguration.ts";
import type { WorkerOptions } from "./stage-types.ts";

/** The metrics that every stage has (docs/runbook.md). */
type PipelineMetrics = ReturnType<typeof createPipelineMetrics>;

/** What the workers of one stage share. */
export interface Pipeline {
  readonly metrics: PipelineMetrics;
  readonly misconfiguration: ReturnType<typeof createMisconfigurationReporter>;
  /** The workers by durable, so that a replay finds the one that gave up. */
  readonly workers: Map<string, WorkerOptions>;
  /** Messages of one organization that a worker with that concurrency handles at once. */
  perOrganization(concurrency: number): number;
  readonly attempts: ReturnType<typeof createAttempts>;
  readonly database: DatabaseCircuit;
  /** Signs of life of the stage's loops by durable. */
  readonly life: Map<string, () => LifeSigns>;
  /** What ends the pulling of each worker and gives back what was not begun; none waits for what was. */
  readonly halts: (() => Promise<void>)[];
  /** One after another: messages that may have ended a process. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
}

interface PipelineDeps {
  stage: Stage;
  metrics: Metrics;
  bus: Bus;
  log: Logger;
  clock: () => Date;
  /** The setting; half of a worker's concurrency without it. */
  perOrganization: number | undefined;
  life: Pipeline["life"];
}

/** Creates what the workers of one stage share. */
export function createPipeline(deps: PipelineDeps): Pipeline {
  const { stage, metrics, bus, log, clock, perOrganization, life } = deps;
  return {
    metrics: createPipelineMetrics(stage, metrics),
    misconfiguration: createMisconfigurationReporter({ stage, metrics, bus, clock }),
    workers: new Map(),
    perOrganization: (concurrency) => Math.min(concurrency, perOrganization ?? Math.ceil(concurrency / 2)),
    attempts: createAttempts(bus),
    database: createDatabaseCircuit({ metrics, log }),
    life,
    halts: [],
    alone: createQueue(),
  };
}

function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** What is counted of every message. */
export function createPipelineMetrics(stage: Stage, metrics: Metrics) {
  const labels = { stage: [stage] } as const;
  return {
    received: metrics.counter({
      name: "skytide_messages_received_total",
      help: "Messages handed to a handler.",
      labels: { ...labels, redelivery: ["true", "false"] },
    }),
    processed: metrics.counter({
      name: "skytide_messages_processed_total",
      help: "Messages by what was decided about them.",
      labels: { ...labels, outcome: ["ok", "duplicate", "skipped", "paused", "retried", "dead"] },
    }),
    failures: metrics.counter({
      name: "skytide_message_failures_total",
      help: "Attempts that failed.",
      labels: { ...labels, reason: FAILURE_REASONS },
    }),
    duration: metrics.histogram({
      name: "skytide_handler_duration_seconds",
      help: "Handler start to decision.",
      labels,
      buckets: BUCKETS.handler,
    }),
    queueWait: metrics.histogram({
      name: "skytide_queue_wait_seconds",
      help: "Publication to handler start, first deliveries.",
      labels,
      buckets: BUCKETS.queueWait,
    }),
    parked: metrics.counter({
      name: "skytide_messages_parked_total",
      help: "Messages that had to wait in the process because their organization had as many in hand as one may have.",
      labels,
    }),
    parkedNow: metrics.gauge({
      name: "skytide_parked_messages",
      help: "Messages that wait in this process for a place of their organization, by durable.",
      labels: { durable: DURABLES.map(({ name }) => name) },
    }),
    inflight: metrics.gauge({ name: "skytide_inflight", help: "Messages being handled.", labels }),
    limit: metrics.gauge({ name: "skytide_concurrency_limit", help: "Messages that can be handled at once.", labels }),
    lastSuccess: metrics.gauge({
      name: "skytide_last_success_timestamp_seconds",
      help: "When a message last ended well.",
      labels,
    }),
  };
}
