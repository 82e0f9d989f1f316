import type { Panel } from "../dashboard-types.ts";
import { fleetQueries as q } from "../shared.ts";

/** What is promised, and whether it holds at this moment. */
export function nowPanels(): Panel[] {
  const replies = { kind: "stat", unit: "percentunit", width: 4, base: "red", max: 1 } as const;
  const slow = { where: { le: "2" } };
  const failed = q.countInRange("skytide_turns_total", { where: { outcome: "failed" } });
  const refused = q.countInRange("skytide_webhook_requests_total", { where: { outcome: "error" } });
  return [
    {
      kind: "stat",
      title: "Alerts that fire",
      description: "Alerts of any severity. Their names stand below; their runbook entries in docs/runbook.md.",
      unit: "short",
      width: 4,
      targets: [
        {
          expr: 'count(ALERTS{alertname=~"Skytide.+",alertname!="SkytideWatchdog",alertstate="firing"}) or vector(0)',
          legend: "firing",
        },
      ],
      limits: [{ above: 1, color: "red" }],
    },
    {
      ...replies,
      title: "Replies within 2 s",
      description: "Share of the replies of this time range, the deliberate wait taken out. Objective: 95 %.",
      targets: [
        {
          expr: `sum(increase(${q.select("skytide_reply_latency_seconds", slow.where, "_bucket")}[$__range])) / sum(increase(${q.select("skytide_reply_latency_seconds", {}, "_count")}[$__range]))`,
          legend: "within 2 s",
        },
      ],
      limits: [{ above: 0.95, color: "green" }],
    },
    {
      ...replies,
      title: "Turns that succeed",
      description: "Share of the turns of this time range that were not given up. Objective: 99 %.",
      targets: [{ expr: `1 - ${failed} / ${q.countInRange("skytide_turns_total")}`, legend: "not failed" }],
      limits: [{ above: 0.99, color: "green" }],
    },
    {
      ...replies,
      title: "Webhooks accepted",
      description:
        "Share of the webhooks of this time range that were not answered 5xx by a fault of ours. Objective: 99.9 %.",
      targets: [{ expr: `1 - ${refused} / ${q.countInRange("skytide_webhook_requests_total")}`, legend: "not 5xx" }],
      limits: [{ above: 0.999, color: "green" }],
    },
    {
      kind: "stat",
      title: "Processes",
      description: "Processes of each stage that can be scraped.",
      unit: "short",
      width: 8,
      targets: [{ expr: q.sum("up", { by: ["job"] }), legend: "{{job}}" }],
      base: "red",
      limits: [{ above: 1, color: "green" }],
      alerts: ["SkytideStageDown", "SkytideTargetDown"],
    },
  ];
}

/** How fast the error budgets are used up. */
export function objectivesPanels(): Panel[] {
  const burn = (window: string) =>
    [
      ["reply_slow", 0.05, "replies slower than 2 s"],
      ["turn_errors", 0.01, "turns given up"],
      ["webhook_errors", 0.001, "webhooks answered 5xx"],
    ].map(([name, budget, legend]) => ({
      expr: `skytide:${name}:ratio_rate${window} / ${budget}`,
      legend: String(legend),
    }));
  const shared = { kind: "timeseries", unit: "suffix:×" } as const;
  return [
    {
      ...shared,
      title: "Burn of the error budgets, last hour",
      description:
        "How many times faster than allowed the budget of 30 days is used up. Above 14.4 somebody is called.",
      targets: burn("1h"),
      limits: [{ above: 14.4, color: "red" }],
      alerts: ["SkytideReplyLatencyFastBurn", "SkytideTurnErrorsFastBurn", "SkytideWebhookErrorsFastBurn"],
    },
    {
      ...shared,
      title: "Burn of the error budgets, last 6 hours",
      description: "The slow burn: above 6 somebody is called, above 1 the budget does not last.",
      targets: burn("6h"),
      limits: [
        { above: 1, color: "yellow" },
        { above: 6, color: "red" },
      ],
      alerts: ["SkytideReplyLatencySlowBurn", "SkytideTurnErrorsSlowBurn", "SkytideWebhookErrorsSlowBurn"],
    },
    {
      kind: "table",
      title: "Alerts that fire",
      description: "Look each up in docs/runbook.md.",
      unit: "short",
      targets: [
        {
          expr: 'count by (alertname, severity) (ALERTS{alertname=~"Skytide.+",alertname!="SkytideWatchdog",alertstate="firing"})',
          legend: "{{alertname}}",
        },
      ],
      emptyWhen: "nothing fires",
    },
  ];
}
