import { PermanentError, RetryableError } from "@skytide/errors";
import { z } from "zod";
import type { Embedder } from "./embedder.ts";
import { createOpenAiClient } from "./openai-client.ts";
import { createProviderCall } from "./provider-call.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { NO_TOKENS, toUsage } from "./usage.ts";
import { readReply } from "./wire.ts";

const MAX_INPUTS = 2_048;

const replySchema = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.number() }).nullish(),
});

/** The embedder behind an OpenAI API; `dimensions` only for models that can shorten their vectors. */
export function createEmbedder(options: ProviderOptions & { dimensions?: number }): Embedder {
  const client = createOpenAiClient(options);
  const call = createProviderCall({ name: "openai", options });

  return {
    async embed(texts, { signal: caller }) {
      if (texts.length === 0) return { vectors: [], usage: toUsage(options.model, NO_TOKENS) };
      if (texts.length > MAX_INPUTS) throw new PermanentError("openai-too-many-texts", "too many texts for one call");
      // The API refuses an empty text.
      const input = texts.map((text) => (text.trim() === "" ? "-" : text));
      const body = {
        model: options.model,
        input,
        encoding_format: "float",
        ...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
      };
      const answer = await call({ operation: "embed", signal: caller }, async (signal) => {
        const reply = await client.post("/embeddings", body, signal);
        if (reply.kind === "refused") throw new PermanentError("openai-refused", "OpenAI refuses to embed the text");
        const { data, usage } = readReply(replySchema, reply.body);
        const tokens = { inputTokens: usage?.prompt_tokens ?? 0, cachedInputTokens: 0, outputTokens: 0 };
        return {
          kind: "vectors",
          vectors: inOrder(data, texts.length),
          usage: toUsage(options.model, tokens, options.prices),
        };
      });
      return { vectors: answer.vectors, usage: answer.usage };
    },
  };
}

function inOrder(data: readonly { index: number; embedding: number[] }[], count: number): number[][] {
  const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  if (vectors.length !== count || vectors.some((vector) => vector.length === 0))
    throw new RetryableError("openai-broken-reply", "OpenAI answered with another number of vectors");
  return vectors;
}
