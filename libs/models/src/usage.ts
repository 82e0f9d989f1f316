/** What one call consumed; `costUsd` only where the model has a price. */
export interface Usage {
  /** The configured name, not the dated one of the reply. */
  model: string;
  inputTokens: number;
  /** Part of `inputTokens` that the provider took from its prompt cache. */
  cachedInputTokens: number;
  outputTokens: number;
  costUsd?: number;
}
