import type { Describer } from "./describer.ts";
import type { Embedder } from "./embedder.ts";
import type { LanguageModel } from "./language-model.ts";
import type { ProviderOptions } from "./provider-options.ts";

export { CallAbortedError } from "./call-aborted-error.ts";
export { CIRCUIT_STATES, type CircuitState } from "./circuit.ts";
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

export const WIRES = ["responses", "chat", "json"] as const;
export type Wire = (typeof WIRES)[number];

export function createLanguageModel(_options: ProviderOptions & { wire: Wire }): LanguageModel {
  throw new Error("not built yet");
}

export function createEmbedder(_options: ProviderOptions & { dimensions?: number }): Embedder {
  throw new Error("not built yet");
}

export function createDescriber(_options: ProviderOptions & { language?: string }): Describer {
  throw new Error("not built yet");
}
