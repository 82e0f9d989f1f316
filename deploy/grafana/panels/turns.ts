import type { Panel } from "../dashboard-types.ts";
import { fleetQueries as q, quantiles } from "../shared.ts";

/** What becomes of what customers write. */
export function turnsPanels(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Turns by outcome",
      description:
        "The last ones ended without a commit: busy, nothing new, waiting for media, interrupted, superseded.",
      unit: "cps",
      stack: true,
      targets: [{ expr: q.rate("skytide_turns_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideSuccessRateLow"],
    },
    {
      kind: "timeseries",
      title: "Length of a turn",
      description: "Start of its last attempt to its commit. A point is one turn: it links to its trace.",
      unit: "s",
      exemplars: true,
      targets: quantiles(q, "skytide_turn_duration_seconds"),
    },
    {
      kind: "timeseries",
      title: "Messages that one turn answers",
      description: "On average. How well the wait gathers what belongs together.",
      unit: "short",
      targets: [{ expr: q.mean("skytide_turn_messages"), legend: "messages" }],
    },
    {
      kind: "timeseries",
      title: "Turns given up, by what became of the customer",
      description: "told: got the fallback sentence; escalated: a person was asked for.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_fallbacks_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
      alerts: ["SkytideSuccessRateLow"],
    },
    {
      kind: "timeseries",
      title: "Turns made stale by a newer message",
      description: "How it was found: a hint, the last look before an effect, the fence of the commit.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_turns_interrupted_total", { by: ["by"] }), legend: "{{by}}" }],
    },
    {
      kind: "timeseries",
      title: "Conversations put together from their messages",
      description:
        "Their stored state could not be read. After a rollout: it wrote a state that the older version does not know.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_snapshots_rebuilt_total", { by: ["reason"] }), legend: "{{reason}}" }],
      alerts: ["SkytideSnapshotsRebuilt"],
    },
    {
      kind: "timeseries",
      title: "Conversations that a sweep found unanswered",
      description:
        "Messages that nobody was going to answer: each is a fault somewhere. Sweeps themselves, by how they ended.",
      unit: "cps",
      targets: [
        { expr: q.rate("skytide_unanswered_found_total"), legend: "found" },
        { expr: q.rate("skytide_sweeps_total", { by: ["outcome"] }), legend: "sweep {{outcome}}" },
      ],
      alerts: ["SkytideInvariantViolated", "SkytideSweepFailing"],
    },
    {
      kind: "timeseries",
      title: "Calls of /invoke by outcome",
      description: "Other systems that ask the agent directly.",
      unit: "reqps",
      targets: [{ expr: q.rate("skytide_invocations_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
    },
  ];
}

/** What the agent does. */
export function toolsPanels(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Tools by outcome",
      description: "rejected: the rules said no (slot taken, not in opening hours); error: it could not be done.",
      unit: "cps",
      width: 12,
      targets: [
        { expr: q.rate("skytide_tool_calls_total", { by: ["tool", "outcome"] }), legend: "{{tool}} {{outcome}}" },
      ],
    },
    {
      kind: "timeseries",
      title: "Length of a tool by tool, p95",
      description: "Each time that one really ran.",
      unit: "s",
      width: 12,
      targets: [{ expr: q.quantile(0.95, "skytide_tool_duration_seconds", { by: ["tool"] }), legend: "{{tool}}" }],
    },
    {
      kind: "timeseries",
      title: "Appointments by operation and outcome",
      description: "What customers asked to make or change, by what became of it.",
      unit: "cps",
      targets: [
        {
          expr: q.rate("skytide_appointments_total", { by: ["operation", "outcome"] }),
          legend: "{{operation}} {{outcome}}",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Escalations by reason",
      description:
        "Times that a person was asked for. tool_failure, limit, error: the agent could not; the others: it should not.",
      unit: "cps",
      stack: true,
      targets: [{ expr: q.rate("skytide_escalations_total", { by: ["reason"] }), legend: "{{reason}}" }],
    },
    {
      kind: "timeseries",
      title: "Moves between the nodes of the chart",
      description:
        "Where conversations go. A sudden change of shape after a rollout is worth a look at docs/conversation.md.",
      unit: "cps",
      targets: [
        {
          expr: `${q.rate("skytide_state_transitions_total", { by: ["from", "to"] })} > 0`,
          legend: "{{from}} → {{to}}",
        },
      ],
    },
  ];
}
