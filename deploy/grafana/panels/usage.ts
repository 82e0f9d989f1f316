import type { Panel } from "../dashboard-types.ts";
import { fleetQueries as q } from "../shared.ts";

/** Tokens and money. */
export function usagePanels(): Panel[] {
  const turns = q.countInRange("skytide_turns_total", { where: { outcome: ["replied", "escalated"] } });
  return [
    {
      kind: "timeseries",
      width: 6,
      title: "Tokens per second by kind",
      description: "cached_input costs less than input. By organization: skytide usage.",
      unit: "suffix:tokens/s",
      stack: true,
      targets: [{ expr: q.rate("skytide_llm_tokens_total", { by: ["kind"] }), legend: "{{kind}}" }],
    },
    {
      kind: "bars",
      width: 6,
      title: "Tokens per day",
      description: "Each bar: the 24 hours before it, by kind; the last two weeks.",
      unit: "short",
      stack: true,
      targets: [{ expr: "sum by (kind) (skytide:llm_tokens:increase1d)", legend: "{{kind}}" }],
    },
    {
      kind: "bars",
      width: 6,
      title: "Cost per day",
      description:
        "Each bar: the 24 hours before it, by model; the last two weeks. Nothing is counted without MODEL_PRICES.",
      unit: "currencyUSD",
      stack: true,
      targets: [{ expr: "sum by (model) (skytide:llm_cost_usd:increase1d)", legend: "{{model}}" }],
      alerts: ["SkytideLlmCostHigh"],
    },
    {
      kind: "bars",
      width: 6,
      title: "Cost of a conversation, per day",
      description: "Each bar: cost of the 24 hours before it by the conversations that began in them.",
      unit: "currencyUSD",
      targets: [{ expr: "skytide:llm_cost_usd_per_conversation:ratio1d", legend: "per conversation" }],
      emptyWhen: "no conversation began in the last day",
    },
    {
      kind: "stat",
      title: "Cost in this range",
      description: "All models, by MODEL_PRICES.",
      unit: "currencyUSD",
      width: 4,
      targets: [{ expr: q.countInRange("skytide_llm_cost_usd_total"), legend: "cost" }],
    },
    {
      kind: "stat",
      title: "Cost of an answered turn",
      description: "Cost of all models in this range by turns that replied or escalated.",
      unit: "currencyUSD",
      width: 4,
      targets: [{ expr: `${q.countInRange("skytide_llm_cost_usd_total")} / ${turns}`, legend: "per turn" }],
    },
    {
      kind: "stat",
      title: "Cost of a conversation",
      description: "Cost of all models in this range by conversations that began in it.",
      unit: "currencyUSD",
      width: 4,
      targets: [
        {
          expr: `${q.countInRange("skytide_llm_cost_usd_total")} / ${q.countInRange("skytide_conversations_started_total")}`,
          legend: "per conversation",
        },
      ],
    },
    {
      kind: "stat",
      title: "Calls without a price",
      description: "MODEL_PRICES does not name their model: no cost and no ceiling counts them.",
      unit: "short",
      width: 4,
      targets: [{ expr: q.countInRange("skytide_llm_unpriced_calls_total"), legend: "calls" }],
      limits: [{ above: 1, color: "yellow" }],
    },
    {
      kind: "stat",
      title: "Turns refused by a ceiling",
      description: "Turns without a model because the organization's day has cost enough (daily_spend_usd).",
      unit: "short",
      width: 4,
      targets: [{ expr: q.countInRange("skytide_spend_refusals_total"), legend: "turns" }],
      limits: [{ above: 1, color: "yellow" }],
    },
    {
      kind: "stat",
      title: "Ceilings reached",
      description: "Organizations whose models met their day's ceiling.",
      unit: "short",
      width: 4,
      targets: [{ expr: q.countInRange("skytide_spend_ceilings_reached_total"), legend: "organizations" }],
      limits: [{ above: 1, color: "yellow" }],
    },
  ];
}
