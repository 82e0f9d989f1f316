import type { Dashboard, Panel } from "../dashboard-types.ts";
import { FLEET_VARIABLES, fleetQueries, quantiles } from "../shared.ts";
import { toolsPanels, turnsPanels } from "./turns.ts";
import { usagePanels } from "./usage.ts";

const q = fleetQueries;

/** What the models do, how long it takes and what it costs; and what the agent does with it. */
export const llm: Dashboard = {
  uid: "skytide-llm",
  file: "llm-and-tools.json",
  title: "Skytide / LLM & tools",
  description: "What the models do, how long it takes and what it costs; and what the agent does with it.",
  variables: FLEET_VARIABLES,
  rows: [
    { title: "Models", panels: models() },
    { title: "Usage", panels: usagePanels() },
    { title: "Turns", panels: turnsPanels() },
    { title: "Tools", panels: toolsPanels() },
    { title: "Media", panels: media() },
  ],
};

function models(): Panel[] {
  const by = ["provider", "model"];
  const failed = q.rate("skytide_llm_requests_total", { where: { outcome: { not: "ok" } }, by });
  return [
    {
      kind: "timeseries",
      title: "Calls by outcome",
      description: "Calls of all models, retries included.",
      unit: "reqps",
      stack: true,
      targets: [{ expr: q.rate("skytide_llm_requests_total", { by: ["outcome"] }), legend: "{{outcome}}" }],
    },
    {
      kind: "timeseries",
      title: "Calls that fail, by model",
      description: "Share of calls that did not end well: timeouts, limits, refusals, answers out of form.",
      unit: "percentunit",
      targets: [
        { expr: `${failed} / ${q.rate("skytide_llm_requests_total", { by })}`, legend: "{{provider}} {{model}}" },
      ],
      limits: [{ above: 0.05, color: "red" }],
      alerts: ["SkytideLlmErrorsHigh"],
    },
    {
      kind: "timeseries",
      title: "Changes of the models' circuits",
      description:
        "open: a provider is left alone for a while; half_open: one call tries it; closed: it is asked again.",
      unit: "cps",
      targets: [
        {
          expr: q.rate("skytide_circuit_transitions_total", {
            where: { dependency: ["openai", "gemini"] },
            by: ["dependency", "to"],
          }),
          legend: "{{dependency}} {{to}}",
        },
      ],
      alerts: ["SkytideCircuitOpen"],
    },
    {
      kind: "timeseries",
      title: "Length of a call",
      description: "All models, retries included.",
      unit: "s",
      targets: quantiles(q, "skytide_llm_request_duration_seconds"),
    },
    {
      kind: "timeseries",
      title: "Length of a call by operation, p95",
      description:
        "decide: which way the conversation goes; phrase: the words; embed: the search; transcribe, describe: media.",
      unit: "s",
      targets: [
        {
          expr: q.quantile(0.95, "skytide_llm_request_duration_seconds", { by: ["model", "operation"] }),
          legend: "{{model}} {{operation}}",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Texts of a model that were not sent",
      description: "They stated what the facts do not hold. Often: the prompt or the model has become worse.",
      unit: "cps",
      targets: [{ expr: q.rate("skytide_outgoing_refused_total", { by: ["where"] }), legend: "{{where}}" }],
    },
  ];
}

function media(): Panel[] {
  return [
    {
      kind: "timeseries",
      title: "Voice notes and pictures by outcome",
      description: "What became of them; without a description the agent says that it could not hear or see it.",
      unit: "cps",
      stack: true,
      targets: [
        { expr: q.rate("skytide_media_jobs_total", { by: ["kind", "outcome"] }), legend: "{{kind}} {{outcome}}" },
      ],
      alerts: ["SkytideMediaFailuresHigh"],
    },
    {
      kind: "timeseries",
      title: "Time for one, p95",
      description: "Download, storage and description.",
      unit: "s",
      targets: [{ expr: q.quantile(0.95, "skytide_media_duration_seconds", { by: ["kind"] }), legend: "{{kind}}" }],
    },
    {
      kind: "timeseries",
      title: "Fetched bytes",
      description: "Downloaded from the provider, by kind.",
      unit: "Bps",
      targets: [{ expr: q.rate("skytide_media_bytes_total", { by: ["kind"] }), legend: "{{kind}}" }],
    },
  ];
}
