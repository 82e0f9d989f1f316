import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const chunkSchema = z.object({
  id: z.string(),
  title: z.string().nullable(),
  content: z.string(),
  serviceId: z.uuid().nullable(),
});
const unembeddedSchema = z.object({ id: z.uuid(), organizationId: z.uuid(), text: z.string(), checksum: z.string() });
/** A piece that the search by meaning misses so far. */
export type UnembeddedChunk = z.infer<typeof unembeddedSchema>;

/** The vector of a piece; `checksum` is that of the text which it was made from. */
export interface ChunkVector extends Pick<UnembeddedChunk, "id" | "organizationId" | "checksum"> {
  embedding: readonly number[];
}

/** A piece of what an organization wrote about itself. */
export type KnowledgeChunk = z.infer<typeof chunkSchema>;

export interface KnowledgeDocument {
  organizationId: string;
  /** Names the document: the same source is replaced as a whole. */
  source: string;
  sourceType: string;
  title: string;
  serviceId?: string | undefined;
  requiresAssessment?: boolean | undefined;
  chunks: readonly { content: string; embedding?: readonly number[] | undefined }[];
}

export interface Knowledge {
  /** The chunks that answer best, by words (Spanish, without accents) and, given an embedding, by meaning; one organization's only. */
  searchKnowledge(question: {
    organizationId: string;
    query: string;
    embedding?: readonly number[] | undefined;
    serviceId?: string | undefined;
    limit?: number | undefined;
  }): Promise<{ chunks: KnowledgeChunk[] }>;
  /** Writes a document, or replaces it where its text, title or vectors changed. */
  ingestKnowledge(document: KnowledgeDocument): Promise<{ changed: boolean; chunks: number }>;
  /** Pieces of every organization without a vector of `embeddedBy`, by id; those with one of the CRM's are left out. */
  listUnembeddedKnowledge(wanted: {
    /** Names the model: vectors of two models cannot be compared. */
    embeddedBy: string;
    limit?: number | undefined;
    after?: string | undefined;
  }): Promise<UnembeddedChunk[]>;
  /** Writes vectors of pieces whose text is still the one that was embedded. */
  writeEmbeddings(embeddedBy: string, vectors: readonly ChunkVector[]): Promise<{ written: number }>;
}

/** The functions about knowledge. */
export function createKnowledge(rpc: Rpc): Knowledge {
  return {
    searchKnowledge: ({ organizationId, query, embedding, serviceId, limit }) =>
      rpc.call(
        "search_knowledge",
        {
          p_organization_id: organizationId,
          p_query: query,
          p_embedding: embedding === undefined ? undefined : JSON.stringify(embedding),
          p_service_id: serviceId,
          p_limit: limit,
        },
        z.object({ chunks: z.array(chunkSchema) }),
      ),
    ingestKnowledge: (document) =>
      rpc.call(
        "ingest_knowledge",
        {
          p_organization_id: document.organizationId,
          p_source: document.source,
          p_source_type: document.sourceType,
          p_title: document.title,
          p_chunks: document.chunks,
          p_service_id: document.serviceId,
          p_requires_assessment: document.requiresAssessment,
        },
        z.object({ changed: z.boolean(), chunks: z.number().int() }),
      ),
    listUnembeddedKnowledge: async ({ embeddedBy, limit, after }) => {
      const { chunks } = await rpc.call(
        "list_unembedded_knowledge",
        { p_embedded_by: embeddedBy, p_limit: limit, p_after: after },
        z.object({ chunks: z.array(unembeddedSchema) }),
      );
      return chunks;
    },
    writeEmbeddings: (embeddedBy, vectors) =>
      rpc.call(
        "write_embeddings",
        { p_embedded_by: embeddedBy, p_vectors: vectors },
        z.object({ written: z.number().int() }),
      ),
  };
}
