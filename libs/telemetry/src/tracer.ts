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
  /** Share of the turns that is sent, 0 to 1; a trace is sent whole or not at all. */
  sampleRate?: number;
}

/** Creates the process's tracer; without Langfuse it does nothing. Why not Langfuse's own packages: decisions/0020. */
export function createTracer(options: TracerOptions): Tracer {
  const spans = createTracerMetrics(options.metrics);
  if (options.langfuse === undefined) return { turn: idleTurn, shutdown: async () => {} };
  const exporter = createLangfuseExporter({
    ...options.langfuse,
    service: options.service,
    version: options.version,
    onRequest: options.metrics.dependencies.requests("langfuse"),
    onOutcome: (outcome, count) => spans.inc({ outcome }, count),
  });
  const { sampleRate = 1 } = options;
  return {
    turn: (start) => (isSampled(start.traceparent, sampleRate) ? startTurn(exporter, start) : idleTurn(start)),
    shutdown: exporter.shutdown,
  };
}

/** What is counted of traces. */
export function createTracerMetrics(metrics: Metrics) {
  return metrics.counter({
    name: "skytide_trace_spans_total",
    help: "Spans for Langfuse by what became of them.",
    labels: { outcome: ["sent", "dropped_full", "dropped_failed"] },
  });
}

/** By the trace's own id, so that every process decides alike. */
function isSampled(traceparent: string, rate: number): boolean {
  const id = traceIdOf(traceparent);
  return id === undefined || Number.parseInt(id.slice(-8), 16) / 2 ** 32 < rate;
}

function idleTurn(start: TurnStart): TurnTrace {
  return { traceparent: start.traceparent, generation: () => {}, span: () => "", end: () => {} };
}

function startTurn(exporter: Exporter, given: TurnStart): TurnTrace {
  const start = {
    ...given,
    traceparent: traceIdOf(given.traceparent) ? given.traceparent : childTraceparent(undefined),
  };
  const startedAt = given.startedAt ?? new Date();
  const steps: OtlpSpan[] = [];
  let ended = false;
  const place = (parent?: string) => ({
    traceId: traceIdOf(start.traceparent) ?? "",
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: parent || (spanIdOf(start.traceparent) ?? ""),
  });
  return {
    traceparent: start.traceparent,
    generation: (generation) => void steps.push(toGenerationSpan(start, place(generation.parent), generation)),
    span(span) {
      const at = place(span.parent);
      steps.push(toStepSpan(start, at, span));
      return at.spanId;
    },
    end(outcome, facts = {}, content) {
      if (ended) return;
      ended = true;
      const times = { startedAt, endedAt: given.endedAt ?? new Date() };
      exporter.add([toTurnSpan(start, times, { outcome, facts, content }), ...steps]);
    },
  };
}
