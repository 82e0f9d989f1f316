import { z } from "zod";
import type { Counts } from "./counts.ts";

const answerSchema = z.object({
  usage: z
    .object({
      input_tokens: z.number().optional(),
      prompt_tokens: z.number().optional(),
      output_tokens: z.number().optional(),
      completion_tokens: z.number().optional(),
      input_tokens_details: z.object({ cached_tokens: z.number() }).optional(),
      prompt_tokens_details: z.object({ cached_tokens: z.number() }).optional(),
    })
    .optional(),
  usageMetadata: z.object({ promptTokenCount: z.number(), candidatesTokenCount: z.number() }).optional(),
});

/** Adds up what an answer that went out says it cost, as a provider's bill would. */
export function countTokensOf(body: unknown, tokens: Counts): void {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) return;
  const { usage, usageMetadata } = parsed.data;
  tokens.add("input", usage?.input_tokens ?? usage?.prompt_tokens ?? usageMetadata?.promptTokenCount ?? 0);
  tokens.add("cached", usage?.input_tokens_details?.cached_tokens ?? usage?.prompt_tokens_details?.cached_tokens ?? 0);
  tokens.add("output", usage?.output_tokens ?? usage?.completion_tokens ?? usageMetadata?.candidatesTokenCount ?? 0);
}
