import type { CircuitState, RequestObserver } from "@skytide/telemetry";
import type { ModelPrices } from "./prices.ts";
import type { Usage } from "./usage.ts";

export const MODEL_OPERATIONS = ["decide", "phrase", "embed", "transcribe", "describe"] as const;
export type ModelOperation = (typeof MODEL_OPERATIONS)[number];

export const CALL_OUTCOMES = [
  "ok",
  "timeout",
  "rate_limited",
  "refused",
  "invalid_output",
  "aborted",
  "error",
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** One finished call, retries included, for metrics and traces; names and numbers only. */
export interface ModelCall {
  provider: "openai" | "gemini";
  model: string;
  operation: ModelOperation;
  outcome: CallOutcome;
  startedAt: Date;
  durationMs: number;
  attempts: number;
  usage?: Usage;
}

/** What every client of a provider is told. */
export interface ProviderOptions {
  apiKey: string;
  model: string;
  /** Default: the provider's own. For OpenAI it ends in `/v1`. */
  baseUrl?: string;
  /** Limit of one attempt. Default 20 s. */
  timeoutMs?: number;
  /** Limit of the call with all its attempts. Default 45 s. */
  totalMs?: number;
  /** Default 2. */
  maxRetries?: number;
  prices?: ModelPrices;
  /** Told after every call. */
  onCall?: (call: ModelCall) => void;
  /** Told after every attempt that was not given up by its caller. */
  onRequest?: RequestObserver;
  /** Told when the circuit of a model changes. */
  onCircuit?: (to: CircuitState, from: CircuitState, model: string) => void;
}
