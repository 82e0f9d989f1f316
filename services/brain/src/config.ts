import { hashKeysSchema } from "@skytide/events";
import { modelPricesSchema, WIRES } from "@skytide/models";
import { stageSettings, storeSettings } from "@skytide/stage";
import { z } from "zod";
import { invokeTokensSchema } from "./invoke/tokens.ts";

const milliseconds = (fallback: number, least = 0) =>
  z.coerce.number().int().min(least).max(3_600_000).default(fallback);

/** The brain's settings. */
export const configSchema = z.object({
  ...stageSettings,
  ...storeSettings,
  REDIS_URL: z.url().optional().describe("Redis for leases and journals; without it they live in JetStream."),
  AI_AGENT_ENABLED: z.stringbool().default(true).describe("false stops all answering, not the recording."),
  BUTTON_SIGNING_KEYS: hashKeysSchema
    .optional()
    .describe(
      "Keys that signed the buttons of reminders, as the notifier has them; without one such a tap is an old button.",
    ),
  DEBOUNCE_MS: milliseconds(10_000).describe("Quiet time after a customer's message before it is answered."),
  DEBOUNCE_MAX_MS: milliseconds(30_000).describe("Longest wait, counted from the first unanswered message."),
  MEDIA_WAIT_MS: milliseconds(20_000).describe(
    "How long a turn waits for the description of a voice note or a picture.",
  ),
  RETENTION_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(3_600_000)
    .describe("How often what organizations do not keep any longer is removed."),
  TURN_BUDGET_MS: milliseconds(60_000, 1_000).describe("Longest run of one attempt at a turn."),
  TURN_DEADLINE_MS: milliseconds(900_000, 1_000).describe(
    "How long a failing turn is repeated before the customer gets the fallback.",
  ),
  SWEEP_MS: milliseconds(300_000).describe(
    "How often one replica looks for messages that nobody answers; 0 switches it off.",
  ),
  BRAIN_HOST: z.string().default("0.0.0.0").describe("Address of POST /invoke."),
  BRAIN_PORT: z.coerce.number().int().min(0).max(65_535).default(8000).describe("Port of POST /invoke."),
  INVOKE_TOKENS: invokeTokensSchema
    .optional()
    .describe(
      "Bearer tokens of POST /invoke: organization:token pairs by commas, each token at least 16 characters; without them the port stays closed.",
    ),
  OPENAI_API_KEY: z.string().min(1).describe("Key of OpenAI or of a compatible server."),
  OPENAI_BASE_URL: z.url().optional().describe("Base URL of a compatible server, ending in /v1."),
  OPENAI_WIRE: z
    .enum(WIRES)
    .default("responses")
    .describe("How the model is asked: responses (OpenAI), chat (vLLM and the like), json (the rest)."),
  OPENAI_CHAT_MODEL: z.string().min(1).default("gpt-4o").describe("Model that reads and writes."),
  OPENAI_EMBEDDING_MODEL: z
    .string()
    .min(1)
    .default("text-embedding-3-small")
    .describe("Model of the knowledge search, 1,536 dimensions."),
  OPENAI_TIMEOUT_MS: milliseconds(20_000, 500).describe("Limit of one attempt at a model call."),
  MODEL_PRICES: modelPricesSchema
    .optional()
    .describe("US dollars per million tokens by model, as JSON; without it no cost is counted."),
});
export type Config = z.output<typeof configSchema>;
