import { BUCKETS } from "./buckets.ts";
import type { Metrics } from "./metrics-types.ts";

/** What the fleet asks for something over the network; `storage` holds the media. */
const DEPENDENCIES = ["openai", "gemini", "gupshup", "postgres", "storage", "redis", "langfuse"] as const;
type Dependency = (typeof DEPENDENCIES)[number];

const OUTCOMES = ["ok", "timeout", "rate_limited", "client_error", "server_error", "network"] as const;
export type DependencyOutcome = (typeof OUTCOMES)[number];

export const CIRCUIT_STATES = ["closed", "half_open", "open"] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

/** Told how one request ended; each attempt is a request. */
export type RequestObserver = (outcome: DependencyOutcome, durationMs: number) => void;

/** What every door to a dependency tells the same way. */
export interface DependencyMetrics {
  requests(dependency: Dependency): RequestObserver;
  /** Shows the circuits of one dependency as one: open while at least one of them is. */
  circuits(dependency: Dependency): (to: CircuitState, from: CircuitState) => void;
}

/** Registers what is counted of dependencies. */
export function createDependencyMetrics(metrics: Pick<Metrics, "counter" | "gauge" | "histogram">): DependencyMetrics {
  const labels = { dependency: DEPENDENCIES };
  const total = metrics.counter({
    name: "skytide_dependency_requests_total",
    help: "Requests to what the fleet depends on, each attempt, by how they ended; those that we gave up ourselves are left out.",
    labels: { ...labels, outcome: OUTCOMES },
  });
  const duration = metrics.histogram({
    name: "skytide_dependency_duration_seconds",
    help: "Length of those requests.",
    labels,
    buckets: BUCKETS.handler,
  });
  const open = metrics.gauge({
    name: "skytide_circuit_open",
    help: "1 while a circuit keeps calls back.",
    labels,
  });
  const transitions = metrics.counter({
    name: "skytide_circuit_transitions_total",
    help: "Changes of circuits.",
    labels: { ...labels, to: CIRCUIT_STATES },
  });
  return {
    requests: (dependency) => (outcome, durationMs) => {
      total.inc({ dependency, outcome });
      duration.observe({ dependency }, durationMs / 1_000);
    },
    circuits(dependency) {
      let notClosed = 0;
      open.set({ dependency }, 0);
      return (to, from) => {
        transitions.inc({ dependency, to });
        if (from === "closed") notClosed += 1;
        if (to === "closed") notClosed -= 1;
        open.set({ dependency }, notClosed > 0 ? 1 : 0);
      };
    },
  };
}

/** What an HTTP answer says about the dependency. */
export function outcomeOfStatus(status: number): DependencyOutcome {
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 504) return "timeout";
  if (status >= 500) return "server_error";
  return status >= 400 ? "client_error" : "ok";
}
