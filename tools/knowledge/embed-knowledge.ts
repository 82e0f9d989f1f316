import type { Embedder } from "@skytide/models";
import type { Knowledge } from "@skytide/store";

/** A call's texts stay far below what OpenAI takes at once. */
const PAGE = 32;
/** About 6,000 tokens; the model reads 8,192. */
const MAX_LETTERS = 20_000;

export interface EmbedKnowledgeOptions {
  store: Pick<Knowledge, "listUnembeddedKnowledge" | "writeEmbeddings">;
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
    const { vectors } = await embedder.embed(
      chunks.map(({ text }) => text.slice(0, MAX_LETTERS)),
      { signal },
    );
    const rows = chunks.map(({ id, organizationId, checksum }, index) => ({
      id,
      organizationId,
      checksum,
      embedding: vectors[index] ?? [],
    }));
    written += (await store.writeEmbeddings(embeddedBy, rows)).written;
    after = chunks.at(-1)?.id;
  }
}
