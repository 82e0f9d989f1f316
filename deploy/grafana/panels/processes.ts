import type { Panel } from "../dashboard-types.ts";
import { stageQueries as q } from "../shared.ts";

/** The processes of one stage. */
export function processesPanels(): Panel[] {
  const by = ["instance"];
  const shared = { kind: "timeseries", width: 6 } as const;
  return [
    {
      ...shared,
      title: "Processor",
      description: "Cores in use by process. Near 1: one process of Node cannot do more.",
      unit: "short",
      targets: [{ expr: q.rate("process_cpu_seconds_total", { by }), legend: "{{instance}}" }],
      limits: [{ above: 0.9, color: "red" }],
    },
    {
      ...shared,
      title: "Event loop lag, p99",
      description: "How late a process gets to its work.",
      unit: "s",
      targets: [{ expr: q.highest("nodejs_eventloop_lag_p99_seconds", { by }), legend: "{{instance}}" }],
      limits: [{ above: 0.2, color: "red" }],
      alerts: ["SkytideEventLoopLag"],
    },
    {
      ...shared,
      title: "Memory",
      description: "Resident memory by process.",
      unit: "bytes",
      targets: [{ expr: q.highest("process_resident_memory_bytes", { by }), legend: "{{instance}}" }],
    },
    {
      kind: "table",
      width: 6,
      title: "Versions",
      description: "Processes by what they run. Two rows outside a rollout: it is stuck.",
      unit: "short",
      targets: [
        { expr: `count by (version, commit) (${q.select("skytide_build_info")})`, legend: "{{version}} {{commit}}" },
      ],
    },
  ];
}
