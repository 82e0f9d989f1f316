import { createModelMetrics } from "@skytide/models";
import type { Metrics } from "@skytide/telemetry";
import type { Config } from "./config.ts";

/** Registers what is counted of the models that the settings name. */
export function createOpenAiMetrics(
  metrics: Metrics,
  config: Pick<Config, "OPENAI_CHAT_MODEL" | "OPENAI_EMBEDDING_MODEL" | "MODEL_PRICES">,
) {
  return createModelMetrics(metrics, {
    provider: "openai",
    models: [config.OPENAI_CHAT_MODEL, config.OPENAI_EMBEDDING_MODEL, ...Object.keys(config.MODEL_PRICES ?? {})],
    operations: ["decide", "phrase", "embed"],
  });
}
