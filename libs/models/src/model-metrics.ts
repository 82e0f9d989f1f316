import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { CALL_OUTCOMES, type ModelCall, type ModelOperation, type ProviderOptions } from "./provider-options.ts";

type Provider = ModelCall["provider"];

export interface ModelMetricsOptions {
  provider: Provider;
  /** The configured names; the label takes no other. */
  models: readonly string[];
  operations: readonly ModelOperation[];
}

const TOKEN_KINDS = ["input", "cached_input", "output"] as const;

/** Registers the metrics of a provider's calls, once per process; give the result to each of its clients. */
export function createModelMetrics(
  metrics: Metrics,
  options: ModelMetricsOptions,
): Required<Pick<ProviderOptions, "onCall" | "onRequest" | "onCircuit">> {
  const changed = metrics.dependencies.circuits(options.provider);
  return {
    onCall: createCallMetrics(metrics, options),
    onRequest: metrics.dependencies.requests(options.provider),
    // A model that only an organization chose may not exist: its trouble, not the provider's.
    onCircuit: (to, from, model) => options.models.includes(model) && changed(to, from),
  };
}

function createCallMetrics(metrics: Metrics, options: ModelMetricsOptions): (call: ModelCall) => void {
  const labels = { provider: [options.provider], model: [...new Set(options.models)] };
  const { operations } = options;
  const requests = metrics.counter({
    name: "skytide_llm_requests_total",
    help: "Calls of a model, retries included.",
    labels: { ...labels, operation: operations, outcome: CALL_OUTCOMES },
  });
  const duration = metrics.histogram({
    name: "skytide_llm_request_duration_seconds",
    help: "Length of a call with its retries.",
    labels: { ...labels, operation: operations },
    buckets: BUCKETS.llm,
  });
  const tokens = metrics.counter({
    name: "skytide_llm_tokens_total",
    help: "Tokens; input counts the fresh ones only.",
    labels: { ...labels, kind: TOKEN_KINDS },
  });
  const cost = metrics.counter({ name: "skytide_llm_cost_usd_total", help: "Cost by MODEL_PRICES.", labels });

  return ({ provider, model, operation, outcome, durationMs, usage }) => {
    requests.inc({ provider, model, operation, outcome });
    duration.observe({ provider, model, operation }, durationMs / 1000);
    if (!usage) return;
    tokens.inc({ provider, model, kind: "input" }, usage.inputTokens - usage.cachedInputTokens);
    tokens.inc({ provider, model, kind: "cached_input" }, usage.cachedInputTokens);
    tokens.inc({ provider, model, kind: "output" }, usage.outputTokens);
    cost.inc({ provider, model }, usage.costUsd ?? 0);
  };
}
