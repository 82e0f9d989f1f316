import { STAGES, type Stage } from "@skytide/events";
import { declareStageMetrics } from "@skytide/stage";
import { createMetrics, type DeclaredMetric, type Metrics } from "@skytide/telemetry";
import { createSpendMetrics } from "../../services/brain/src/brief/index.ts";
import { createBrainMetrics } from "../../services/brain/src/metrics.ts";
import { createOpenAiMetrics } from "../../services/brain/src/model-metrics.ts";
import { createRetentionMetrics } from "../../services/brain/src/retention.ts";
import { createToolMetrics } from "../../services/brain/src/tools/count-tools.ts";
import { createIngestMetrics } from "../../services/ingest/src/metrics.ts";
import { createGeminiMetrics, createMediaMetrics } from "../../services/media/src/metrics.ts";
import { createNotifierMetrics } from "../../services/notifier/src/metrics.ts";
import { createOutboundMetrics } from "../../services/outbound/src/metrics.ts";

/** A metric of the fleet and the stages that show it. */
export interface FleetMetric extends DeclaredMetric {
  stages: readonly Stage[];
}

const OWN: Readonly<Record<Stage, (metrics: Metrics) => void>> = {
  ingest: createIngestMetrics,
  media(metrics) {
    createMediaMetrics(metrics);
    createGeminiMetrics(metrics, "model");
  },
  brain(metrics) {
    createBrainMetrics(metrics);
    createSpendMetrics(metrics);
    createToolMetrics(metrics);
    createRetentionMetrics(metrics);
    createOpenAiMetrics(metrics, {
      OPENAI_CHAT_MODEL: "model",
      OPENAI_EMBEDDING_MODEL: "model",
      MODEL_PRICES: undefined,
    });
  },
  outbound: createOutboundMetrics,
  notifier: createNotifierMetrics,
};

/** Labels whose values are settings: which models, which nats-servers there are. */
const BY_SETTINGS = new Set(["model", "server"]);

/** Every metric of one stage, by the very functions that its process registers them with. */
export function stageMetrics(stage: Stage): DeclaredMetric[] {
  const metrics = createMetrics({ version: "0.0.0", processMetrics: false });
  declareStageMetrics(stage, metrics);
  OWN[stage](metrics);
  return metrics.declared().map((metric) => ({
    ...metric,
    labels: Object.fromEntries(
      Object.entries(metric.labels).map(([name, values]) => [name, BY_SETTINGS.has(name) ? null : values]),
    ),
  }));
}

/** Every metric that the fleet shows, by name: what rules, dashboards and tests may ask for. */
export function fleetMetrics(): FleetMetric[] {
  const found = new Map<string, FleetMetric>();
  for (const stage of STAGES) {
    for (const metric of stageMetrics(stage)) {
      const known = found.get(metric.name);
      found.set(metric.name, {
        ...metric,
        labels: known === undefined ? metric.labels : union(known.labels, metric.labels),
        stages: [...(known?.stages ?? []), stage],
      });
    }
  }
  return [...found.values()].toSorted((one, other) => one.name.localeCompare(other.name));
}

function union(one: DeclaredMetric["labels"], other: DeclaredMetric["labels"]): DeclaredMetric["labels"] {
  return Object.fromEntries(
    Object.entries(one).map(([name, values]) => [
      name,
      values === null ? null : [...new Set([...values, ...(other[name] ?? [])])],
    ]),
  );
}
