import { createModelMetrics } from "@skytide/models";
import { BUCKETS, type Metrics } from "@skytide/telemetry";

const KINDS = ["audio", "image", "other"] as const;
export type JobKind = (typeof KINDS)[number];

const OUTCOMES = [
  "ok",
  "unsupported",
  "too_large",
  "expired",
  "download_failed",
  "blocked",
  "empty",
  "model_failed",
  "timeout",
] as const;
type JobOutcome = (typeof OUTCOMES)[number];

export interface Job {
  kind: JobKind;
  outcome: JobOutcome;
  durationMs: number;
}

/** Registers what is counted of the model that the settings name. */
export function createGeminiMetrics(metrics: Metrics, model: string) {
  return createModelMetrics(metrics, { provider: "gemini", models: [model], operations: ["transcribe", "describe"] });
}

/** Registers this stage's metrics. */
export function createMediaMetrics(metrics: Metrics) {
  const jobs = metrics.counter({
    name: "skytide_media_jobs_total",
    help: "Media whose end is on the log, by what became of them.",
    labels: { kind: KINDS, outcome: OUTCOMES },
  });
  const duration = metrics.histogram({
    name: "skytide_media_duration_seconds",
    help: "Length of the attempt that ended a medium: download, storage, description.",
    labels: { kind: KINDS },
    buckets: BUCKETS.media,
  });
  const share = metrics.histogram({
    name: "skytide_reply_stage_seconds",
    help: "Share of each stage in the reply latency: here while the agent waits for what a medium says.",
    labels: { stage: ["media"] },
    buckets: BUCKETS.replyLatency,
  });
  const bytes = metrics.counter({
    name: "skytide_media_bytes_total",
    help: "Bytes fetched.",
    labels: { kind: KINDS },
  });
  const reused = metrics.counter({
    name: "skytide_media_reused_total",
    help: "Media whose content was described before: the describer was not asked.",
    labels: { kind: KINDS },
  });
  return {
    ended({ kind, outcome, durationMs }: Job): void {
      jobs.inc({ kind, outcome });
      duration.observe({ kind }, durationMs / 1000);
      share.observe({ stage: "media" }, durationMs / 1000);
    },
    reused(kind: JobKind): void {
      reused.inc({ kind });
    },
    fetched(kind: JobKind, size: number): void {
      bytes.inc({ kind }, size);
    },
  };
}
