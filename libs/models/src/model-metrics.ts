import { BUCKETS, type Metrics } from "@skytide/telemetry";
import { CIRCUIT_STATES, type CircuitState } from "./circuit.ts";
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
): Required<Pick<ProviderOptions, "onCall" | "onCircuit">> {
  return { onCall: createCallMetrics(metrics, options), onCircuit: createCircuitMetrics(metrics, options.provider) };
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

function createCircuitMetrics(metrics: Metrics, dependency: Provider): (to: CircuitState, from: CircuitState) => void {
  const labels = { dependency: [dependency] };
  const open = metrics.gauge({ name: "skytide_circuit_open", help: "Circuits that keep calls back.", labels });
  const transitions = metrics.counter({
    name: "skytide_circuit_transitions_total",
    help: "Changes of a circuit.",
    labels: { ...labels, to: CIRCUIT_STATES },
  });
  open.set({ dependency }, 0);
  return (to, from) => {
    transitions.inc({ dependency, to });
    if (from === "closed") open.add({ dependency }, 1);
    if (to === "closed") open.add({ dependency }, -1);
  };
}
