import { embedKnowledge } from "../knowledge/embed-knowledge.ts";
import { openForEmbedding } from "../knowledge/embed-settings.ts";
import type { StandIns } from "./stand-ins.ts";

/** More than the demo's few pieces need; a real model that is away must not hold the start up. */
const LIMIT_MS = 10_000;

export interface FillKnowledgeOptions {
  standIns: StandIns;
  /** What the brain is given: database and model. */
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal | undefined;
  note(text: string): void;
}

/** Makes the embedded database's knowledge findable by meaning. A failure is told and is none of the start. */
export async function fillKnowledge({ standIns, env, signal, note }: FillKnowledgeOptions): Promise<void> {
  // Somebody else's database gets no vectors unasked; for those there is npm run knowledge:embed.
  if (!standIns.database) return;
  try {
    const opened = openForEmbedding(env);
    const written = await embedKnowledge({
      ...opened,
      // The simulator's port may change from start to start, its vectors do not.
      embeddedBy: standIns.openai ? "simulated" : opened.embeddedBy,
      signal: AbortSignal.any([AbortSignal.timeout(LIMIT_MS), ...(signal ? [signal] : [])]),
    });
    if (written > 0) note(`${written} pieces can be found by meaning now`);
  } catch (error) {
    if (signal?.aborted) return;
    note(`found by words only: ${error instanceof Error ? error.message : String(error)} The next start tries again.`);
  }
}
