import type { Metrics } from "@skytide/telemetry";

export interface SpendMetrics {
  reached(): void;
  refused(): void;
  unpriced(): void;
}

/** Registers what is counted of ceilings. */
export function createSpendMetrics(metrics: Metrics): SpendMetrics {
  const reached = metrics.counter({
    name: "skytide_spend_ceilings_reached_total",
    help: "Organizations whose models met the day's ceiling.",
    labels: {},
  });
  const refused = metrics.counter({
    name: "skytide_spend_refusals_total",
    help: "Turns without a model because the organization's day has cost enough.",
    labels: {},
  });
  const unpriced = metrics.counter({
    name: "skytide_llm_unpriced_calls_total",
    help: "Model calls that no ceiling counts: MODEL_PRICES does not name their model.",
    labels: {},
  });
  return { reached: () => reached.inc({}), refused: () => refused.inc({}), unpriced: () => unpriced.inc({}) };
}
