import type { Embedder, Usage } from "@skytide/models";
import type { Knowledge, UsageRecords } from "@skytide/store";

/** A call's texts stay far below what OpenAI takes at once. */
const PAGE = 32;
/** About 6,000 tokens; the model reads 8,192. */
const MAX_LETTERS = 20_000;

export interface EmbedKnowledgeOptions {
  store: Pick<Knowledge, "listUnembeddedKnowledge" | "writeEmbeddings"> & Pick<UsageRecords, "recordUsage">;
  embedder: Embedder;
  /** Names the model behind the embedder: vectors of two models cannot be compared. */
  embeddedBy: string;
  signal: AbortSignal;
}

/** Gives every knowledge piece without a vector its own, of all organizations, and says how many it wrote. May be stopped and run again. */
export async function embedKnowledge({ store, embedder, embeddedBy, signal }: EmbedKnowledgeOptions): Promise<number> {
  let written = 0;
  let after: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const chunks = await store.listUnembeddedKnowledge({ embeddedBy, limit: PAGE, after });
    if (chunks.length === 0) return written;
    // One call per organization: what it cost is its own.
    for (const [organizationId, own] of Map.groupBy(chunks, (chunk) => chunk.organizationId)) {
      const { vectors, usage } = await embedder.embed(
        own.map(({ text }) => text.slice(0, MAX_LETTERS)),
        { signal },
      );
      await store.recordUsage(embeddingOf(organizationId, usage));
      const rows = own.map(({ id, checksum }, index) => ({
        id,
        organizationId,
        checksum,
        embedding: vectors[index] ?? [],
      }));
      written += (await store.writeEmbeddings(embeddedBy, rows)).written;
    }
    after = chunks.at(-1)?.id;
  }
}

/** One call, of no conversation. */
function embeddingOf(organizationId: string, { model, inputTokens, costUsd }: Usage) {
  const unpriced = costUsd === undefined ? 1 : 0;
  const call = { chat: "", model, operation: "embed", calls: 1, unpriced, input: inputTokens, cached: 0, output: 0 };
  const calls = [{ ...call, usd: costUsd ?? 0 }];
  return { organizationId, id: crypto.randomUUID(), at: new Date(), calls, turns: 0, failedTurns: 0 };
}
