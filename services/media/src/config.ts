import { modelPricesSchema } from "@skytide/models";
import { stageSettings, storeSettings } from "@skytide/stage";
import { z } from "zod";
import { allowedHostsSchema } from "./allowed-hosts.ts";

const milliseconds = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** The settings of this stage. */
export const configSchema = z.object({
  ...stageSettings,
  ...storeSettings,
  GEMINI_API_KEY: z.string().min(1).describe("Key of the Gemini API."),
  GEMINI_MODEL: z
    .string()
    .min(1)
    .describe("Gemini model that hears and sees; they are retired often, so none is assumed."),
  GEMINI_BASE_URL: z.url().optional().describe("Base URL instead of Google's."),
  GEMINI_TIMEOUT_MS: milliseconds(100, 120_000)
    .default(30_000)
    .describe("Milliseconds for one attempt at a description."),
  MODEL_PRICES: modelPricesSchema
    .optional()
    .describe("US dollars per million tokens by model, as JSON; without it no cost is counted."),
  MEDIA_ALLOWED_HOSTS: allowedHostsSchema
    .prefault("filemanager.gupshup.io")
    .describe(
      "Where media may be fetched: host names (https, public addresses only) or origins like http://127.0.0.1:8081 (as written), by commas.",
    ),
  MEDIA_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(14 * 1024 * 1024)
    .default(10 * 1024 * 1024)
    .describe("Largest file that is fetched; Gemini takes at most 14 MB."),
  MEDIA_DOWNLOAD_TIMEOUT_MS: milliseconds(100, 120_000).default(15_000).describe("Milliseconds for one download."),
  MEDIA_WAIT_MS: milliseconds(0, 3_600_000)
    .default(20_000)
    .describe(
      "Milliseconds that failing media are tried again before they count as not described; the brain waits as long.",
    ),
});
export type Config = z.output<typeof configSchema>;
