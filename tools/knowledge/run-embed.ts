import { join } from "node:path";
import { PermanentError, RetryableError } from "@skytide/errors";
import { embedKnowledge } from "./embed-knowledge.ts";
import { EmbedSettingsError, openForEmbedding } from "./embed-settings.ts";

const HELP = `npm run knowledge:embed

Makes the vectors that the search by meaning needs, for every knowledge piece of every organization that has none, or
whose vector an earlier run made with another model. Vectors that the CRM wrote are left alone. Can be stopped and run
again at any time; costs one embedding per piece. npm start does it by itself for its own database.

Settings, from the environment or .env:
  SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY   the database
  OPENAI_API_KEY                            and, for a compatible server, OPENAI_BASE_URL
  MODEL_PRICES                              what it costs, for skytide usage; as the brain has it
  OPENAI_EMBEDDING_MODEL                    default text-embedding-3-small; must give 1,536 numbers`;

/** Runs `npm run knowledge:embed`; the exit code is 0, 1 with a sentence, or 78 for wrong settings. */
export async function runEmbed(given: readonly string[], say: (line: string) => void): Promise<number> {
  if (given.length > 0) {
    say(HELP);
    return given.every((one) => one === "--help" || one === "-h") ? 0 : 1;
  }
  try {
    loadDotEnv();
    const written = await embedKnowledge({ ...openForEmbedding(process.env), signal: new AbortController().signal });
    say(written === 0 ? "Every knowledge piece has its vector." : `Wrote the vectors of ${written} knowledge pieces.`);
    return 0;
  } catch (error) {
    say(sentenceOf(error));
    return error instanceof EmbedSettingsError ? 78 : 1;
  }
}

/** What is set outside wins over `.env`. */
function loadDotEnv(): void {
  try {
    process.loadEnvFile(join(import.meta.dirname, "..", "..", ".env"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof PermanentError && error.code === "invalid-embedding")
    return "OPENAI_EMBEDDING_MODEL gives vectors of another length: the database keeps 1,536 numbers.";
  if (error instanceof PermanentError || error instanceof RetryableError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
