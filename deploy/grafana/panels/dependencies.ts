import type { Panel } from "../dashboard-types.ts";
import type { Queries } from "../queries.ts";

/** The systems outside: how often they fail, how long they take, and whether they are left alone. */
export function dependencyPanels(q: Queries): Panel[] {
  const by = ["dependency"];
  const failed = q.rate("skytide_dependency_requests_total", { where: { outcome: { not: "ok" } }, by });
  return [
    {
      kind: "timeseries",
      title: "Requests that fail, by dependency",
      description:
        "Share of the requests, each attempt, that did not end well. Whose fault: outcome of skytide_dependency_requests_total.",
      unit: "percentunit",
      max: 1,
      // Those that are asked at all.
      targets: [
        { expr: `${failed} / (${q.rate("skytide_dependency_requests_total", { by })} > 0)`, legend: "{{dependency}}" },
      ],
      limits: [{ above: 0.05, color: "yellow" }],
      alerts: ["SkytideTimeoutsHigh"],
    },
    {
      kind: "timeseries",
      title: "Length of a request by dependency, p95",
      description: "Each attempt alone, as long as we waited for it.",
      unit: "s",
      targets: [{ expr: q.quantile(0.95, "skytide_dependency_duration_seconds", { by }), legend: "{{dependency}}" }],
    },
    {
      kind: "timeseries",
      title: "Circuits that keep requests back",
      description: "1: the dependency failed so often that it is left alone for a while; messages wait.",
      unit: "short",
      max: 1,
      targets: [{ expr: q.highest("skytide_circuit_open", { by }), legend: "{{dependency}}" }],
      limits: [{ above: 1, color: "red" }],
      alerts: ["SkytideCircuitOpen"],
    },
  ];
}
