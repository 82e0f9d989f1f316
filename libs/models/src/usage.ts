import type { ModelPrices } from "./prices.ts";

export interface TokenCounts {
  inputTokens: number;
  /** Part of `inputTokens` that the provider took from its prompt cache. */
  cachedInputTokens: number;
  outputTokens: number;
}

/** What one call consumed; `costUsd` only where the model has a price. */
export interface Usage extends TokenCounts {
  /** The configured name, not the dated one of the reply. */
  model: string;
  costUsd?: number;
}

export const NO_TOKENS: TokenCounts = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

/** Puts the model's name and the price to token counts. */
export function toUsage(model: string, tokens: TokenCounts, prices: ModelPrices = {}): Usage {
  const usage = { model, ...tokens };
  const price = prices[model];
  if (!price) return usage;
  const fresh = Math.max(0, tokens.inputTokens - tokens.cachedInputTokens);
  const millionths =
    fresh * price.input +
    tokens.cachedInputTokens * (price.cachedInput ?? price.input) +
    tokens.outputTokens * price.output;
  return { ...usage, costUsd: millionths / 1_000_000 };
}
