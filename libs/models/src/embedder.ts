import type { Usage } from "./usage.ts";

/** Turns texts into vectors for the knowledge search. */
export interface Embedder {
  /** One vector per text, in the order of the texts. */
  embed(texts: readonly string[], options: { signal: AbortSignal }): Promise<{ vectors: number[][]; usage: Usage }>;
}
