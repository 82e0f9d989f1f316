import { outcomeOfStatus, type RequestObserver } from "./dependency-metrics.ts";
import { type OtlpSpan, toOtlpBody } from "./otlp.ts";

/** About ten minutes of a busy brain; beyond it the newest are dropped. */
const MAX_WAITING = 5_000;
const MAX_BATCH = 250;
const SEND_EVERY_MS = 1_000;
const TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 2;

type SpanOutcome = "sent" | "dropped_full" | "dropped_failed";

export interface ExporterOptions {
  host: string;
  publicKey: string;
  secretKey: string;
  service: string;
  version: string;
  onRequest: RequestObserver;
  onOutcome(outcome: SpanOutcome, spans: number): void;
}

export interface Exporter {
  add(spans: readonly OtlpSpan[]): void;
  /** Sends what waits for at most this long; the rest is dropped and counted. */
  shutdown(deadlineMs: number): Promise<void>;
}

/** Sends spans in batches in the background. A Langfuse that is slow or away costs dropped spans, nothing else. */
export function createLangfuseExporter(options: ExporterOptions): Exporter {
  const waiting: OtlpSpan[] = [];
  const stopping = new AbortController();
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const sendAll = async () => {
    while (waiting.length > 0 && !stopping.signal.aborted) {
      const batch = waiting.splice(0, MAX_BATCH);
      const rejected = await sendBatch(options, batch, stopping.signal);
      options.onOutcome("sent", batch.length - rejected);
      options.onOutcome("dropped_failed", rejected);
    }
  };
  const start = () => {
    timer = undefined;
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  };

  return {
    add(spans) {
      const room = Math.max(0, MAX_WAITING - waiting.length);
      waiting.push(...spans.slice(0, room));
      if (spans.length > room) options.onOutcome("dropped_full", spans.length - room);
      if (!stopping.signal.aborted) timer ??= setTimeout(() => void start(), SEND_EVERY_MS).unref();
    },
    async shutdown(deadlineMs) {
      clearTimeout(timer);
      const deadline = setTimeout(() => stopping.abort(), deadlineMs);
      await sending;
      await start();
      clearTimeout(deadline);
      stopping.abort();
      if (waiting.length > 0) options.onOutcome("dropped_full", waiting.splice(0).length);
    },
  };
}

/** Sends one batch and answers how many of its spans were not taken. */
async function sendBatch(options: ExporterOptions, batch: readonly OtlpSpan[], stop: AbortSignal): Promise<number> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const answer = await post(options, batch, stop);
    if (answer.kind === "taken") return Math.min(answer.rejected, batch.length);
    if (answer.kind === "refused" || stop.aborted) break;
  }
  return batch.length;
}

type Answer = { kind: "taken"; rejected: number } | { kind: "refused" } | { kind: "unreachable" };

async function post(options: ExporterOptions, batch: readonly OtlpSpan[], stop: AbortSignal): Promise<Answer> {
  const key = Buffer.from(`${options.publicKey}:${options.secretKey}`).toString("base64");
  const started = performance.now();
  const told = (outcome: Parameters<RequestObserver>[0]) => options.onRequest(outcome, performance.now() - started);
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(`${options.host.replace(/\/+$/, "")}/api/public/otel/v1/traces`, {
      method: "POST",
      headers: {
        authorization: `Basic ${key}`,
        "content-type": "application/json",
        "x-langfuse-ingestion-version": "4",
      },
      body: JSON.stringify(toOtlpBody(batch, options.service, options.version)),
      signal: AbortSignal.any([stop, limit]),
      redirect: "error",
    });
    const text = await response.text();
    told(outcomeOfStatus(response.status));
    if (response.ok) return { kind: "taken", rejected: rejectedSpans(text) };
    return response.status === 429 || response.status >= 500 ? { kind: "unreachable" } : { kind: "refused" };
  } catch {
    // Down, slow or stopping: the caller counts the spans.
    if (!stop.aborted) told(limit.aborted ? "timeout" : "network");
    return { kind: "unreachable" };
  }
}

/** `partialSuccess.rejectedSpans` of an OTLP answer (int64 as string or number); 0 where there is none. */
function rejectedSpans(text: string): number {
  try {
    const rejected = Number(
      (JSON.parse(text) as { partialSuccess?: { rejectedSpans?: unknown } })?.partialSuccess?.rejectedSpans,
    );
    return Number.isFinite(rejected) && rejected > 0 ? rejected : 0;
  } catch {
    return 0;
  }
}
