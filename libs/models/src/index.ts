export { CallAbortedError } from "./call-aborted-error.ts";
export { createDescriber } from "./create-describer.ts";
export { createEmbedder } from "./create-embedder.ts";
export { createLanguageModel } from "./create-language-model.ts";
export type { DescribeRequest, Describer, Description } from "./describer.ts";
export type { Embedder } from "./embedder.ts";
export {
  type Choice,
  type ChooseRequest,
  type DialogueLine,
  INVALID_REASONS,
  type InvalidAnswer,
  type InvalidReason,
  type LanguageModel,
  type ModelTool,
  type WriteRequest,
  type Writing,
} from "./language-model.ts";
export { createModelMetrics, type ModelMetricsOptions } from "./model-metrics.ts";
export { type ModelPrices, modelPricesSchema } from "./prices.ts";
export {
  CALL_OUTCOMES,
  type CallOutcome,
  MODEL_OPERATIONS,
  type ModelCall,
  type ModelOperation,
  type ProviderOptions,
} from "./provider-options.ts";
export type { Usage } from "./usage.ts";
export { createUsageLedger, type UsageLedger, type UsageWrite } from "./usage-ledger.ts";
export { WIRES, type Wire } from "./wire.ts";
