import { createEmbedder, type Embedder, modelPricesSchema } from "@skytide/models";
import { createStore, type Store } from "@skytide/store";
import { z } from "zod";

const settings = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().min(1),
  OPENAI_API_KEY: z.string().min(1),
  OPENAI_BASE_URL: z.url().optional(),
  OPENAI_EMBEDDING_MODEL: z.string().min(1).default("text-embedding-3-small"),
  MODEL_PRICES: modelPricesSchema.optional(),
});

/** Settings that the vectors cannot be made with; the message names each. */
export class EmbedSettingsError extends Error {}

/** Store and embedder as the brain opens them, from the same settings; an empty one counts as left out. */
export function openForEmbedding(env: Readonly<Record<string, string | undefined>>): {
  store: Store;
  embedder: Embedder;
  embeddedBy: string;
} {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new EmbedSettingsError(`Wrong settings:\n  ${problems.join("\n  ")}`);
  }
  const config = parsed.data;
  return {
    store: createStore({
      url: config.SUPABASE_URL,
      serviceRoleKey: config.SUPABASE_SERVICE_ROLE_KEY,
      timeoutMs: 30_000,
    }),
    embedder: createEmbedder({
      apiKey: config.OPENAI_API_KEY,
      model: config.OPENAI_EMBEDDING_MODEL,
      ...(config.OPENAI_BASE_URL === undefined ? {} : { baseUrl: config.OPENAI_BASE_URL }),
      ...(config.MODEL_PRICES === undefined ? {} : { prices: config.MODEL_PRICES }),
    }),
    // Another server under the same model name may well be another model.
    embeddedBy: [config.OPENAI_EMBEDDING_MODEL, config.OPENAI_BASE_URL].filter(Boolean).join(" of "),
  };
}
