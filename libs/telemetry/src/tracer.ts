import { randomBytes } from "node:crypto";
import { createLangfuseExporter, type Exporter } from "./langfuse-exporter.ts";
import type { Metrics } from "./metrics-types.ts";
import { type OtlpSpan, toGenerationSpan, toStepSpan, toTurnSpan } from "./otlp.ts";
import { childTraceparent, spanIdOf, traceIdOf } from "./traceparent.ts";
import type { Tracer, TurnStart, TurnTrace } from "./tracer-types.ts";

export interface TracerOptions {
  service: string;
  version: string;
  langfuse?: { host: string; publicKey: string; secretKey: string } | undefined;
  metrics: Metrics;
}

/** Creates the process's tracer; without Langfuse it does nothing. Why not Langfuse's own packages: decisions/0020. */
export function createTracer(options: TracerOptions): Tracer {
  if (options.langfuse === undefined) return { turn: idleTurn, shutdown: async () => {} };
  const spans = options.metrics.counter({
    name: "skytide_trace_spans_total",
    help: "Spans for Langfuse by what became of them.",
    labels: { outcome: ["sent", "dropped_full", "dropped_failed"] },
  });
  const exporter = createLangfuseExporter({
    ...options.langfuse,
    service: options.service,
    version: options.version,
    onOutcome: (outcome, count) => spans.inc({ outcome }, count),
  });
  return { turn: (start) => startTurn(exporter, start), shutdown: exporter.shutdown };
}

function idleTurn(start: TurnStart): TurnTrace {
  return { traceparent: start.traceparent, generation: () => {}, span: () => {}, end: () => {} };
}

function startTurn(exporter: Exporter, given: TurnStart): TurnTrace {
  const start = {
    ...given,
    traceparent: traceIdOf(given.traceparent) ? given.traceparent : childTraceparent(undefined),
  };
  const startedAt = given.startedAt ?? new Date();
  const steps: OtlpSpan[] = [];
  let ended = false;
  const place = () => ({
    traceId: traceIdOf(start.traceparent) ?? "",
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: spanIdOf(start.traceparent) ?? "",
  });
  return {
    traceparent: start.traceparent,
    generation: (generation) => void steps.push(toGenerationSpan(start, place(), generation)),
    span: (span) => void steps.push(toStepSpan(start, place(), span)),
    end(outcome, facts = {}) {
      if (ended) return;
      ended = true;
      exporter.add([toTurnSpan(start, { startedAt, endedAt: new Date() }, outcome, facts), ...steps]);
    },
  };
}
