import type { Panel } from "../dashboard-types.ts";
import { fleetQueries as q } from "../shared.ts";

/** What the fleet did for people in the time range. */
export function outcomePanels(): Panel[] {
  const begun = q.countInRange("skytide_conversations_started_total");
  const stat = { kind: "stat", width: 6 } as const;
  return [
    {
      ...stat,
      title: "Conversations begun",
      description: "Customers who wrote in this time range for the first time or after a day of silence.",
      unit: "short",
      targets: [{ expr: begun, legend: "begun" }],
    },
    {
      ...stat,
      title: "Appointments made or changed",
      description: "Booked, moved, confirmed and cancelled in this time range.",
      unit: "short",
      targets: [
        {
          expr: q.countInRange("skytide_appointments_total", { where: { outcome: "ok" }, by: ["operation"] }),
          legend: "{{operation}}",
        },
      ],
    },
    {
      ...stat,
      title: "Conversations that asked for a person",
      description: "Escalations by conversations begun in this time range. Above 10 % the agent does not do its work.",
      unit: "percentunit",
      targets: [{ expr: `${q.countInRange("skytide_escalations_total")} / ${begun}`, legend: "escalated" }],
      limits: [{ above: 0.1, color: "yellow" }],
      alerts: ["SkytideEscalationRateHigh"],
    },
    {
      ...stat,
      title: "What must never happen",
      description:
        "A message sent twice, something of another tenant, a lost turn: whatever the number, somebody has to look.",
      unit: "short",
      targets: [
        { expr: q.countInRange("skytide_invariant_violations_total", { by: ["invariant"] }), legend: "{{invariant}}" },
      ],
      limits: [{ above: 0.5, color: "red" }],
      alerts: ["SkytideInvariantViolated"],
    },
  ];
}
