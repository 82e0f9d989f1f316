import { RetryableError } from "@skytide/errors";
import type { ModelUsage } from "@skytide/events";
import type { Embedder } from "@skytide/models";
import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool, Used } from "./tool.ts";

export interface SearchKnowledgeDeps {
  searchKnowledge(question: {
    organizationId: string;
    query: string;
    embedding?: readonly number[] | undefined;
    serviceId?: string | undefined;
    limit?: number | undefined;
  }): Promise<{ chunks: { title: string | null; content: string }[] }>;
}

const inputSchema = z.strictObject({ query: z.string(), serviceId: z.string().nullable() });
const MAX_PASSAGES = 4;
/** Four of these fit the snapshot while the answer is phrased. */
const MAX_PASSAGE_LENGTH = 1_800;

/** Searches what the organization wrote about itself, by words and, where an embedder answers, by meaning. */
export function createSearchKnowledge(store: SearchKnowledgeDeps, embedder: Embedder | null): Tool {
  return {
    acts: false,
    async perform(input, { organizationId, signal, brief }): Promise<EffectOutput<"search_knowledge"> & Used> {
      const { query, serviceId } = inputSchema.parse(input);
      const { embedding, usage } = await embed(embedder, query, signal);
      for (const spent of usage) brief?.spent(spent);
      const { chunks } = await store.searchKnowledge({
        organizationId,
        query,
        embedding,
        serviceId: serviceId ?? undefined,
        limit: MAX_PASSAGES,
      });
      const passages = chunks
        .slice(0, MAX_PASSAGES)
        .map(({ title, content }) => ({ title: title ?? "", content: content.slice(0, MAX_PASSAGE_LENGTH) }));
      return { passages, usage };
    },
  };
}

/** The query's vector; none while the embedder is away, because the search by words still answers. */
async function embed(
  embedder: Embedder | null,
  query: string,
  signal: AbortSignal,
): Promise<Used & { embedding?: number[] | undefined }> {
  if (embedder === null) return { usage: [] };
  try {
    const { vectors, usage } = await embedder.embed([query], { signal });
    const spent: ModelUsage = { ...usage, operation: "embed" };
    return { embedding: vectors[0], usage: [spent] };
  } catch (error) {
    if (error instanceof RetryableError) return { usage: [] };
    throw error;
  }
}
