import { stageSettings, storeSettings } from "@skytide/stage";
import { z } from "zod";

/** The settings of this stage. */
export const configSchema = z.object({
  ...stageSettings,
  ...storeSettings,
  GUPSHUP_API_URL: z.url().default("https://api.gupshup.io").describe("Base URL of Gupshup's send API."),
  GUPSHUP_NOTIF_API_KEY: z.string().optional().describe("API key of the app that notifies staff."),
  GUPSHUP_NOTIF_SOURCE: z
    .string()
    .regex(/^\d{7,15}$/, { error: "expected digits only, with country code" })
    .optional()
    .describe("Number of the app that notifies staff, digits only."),
  GUPSHUP_NOTIF_APP_NAME: z.string().optional().describe("Name of the app that notifies staff."),
  GUPSHUP_ESCALATION_TEMPLATE_ID: z
    .string()
    .optional()
    .describe("Gupshup's id of the template with customer, phone, reason and local time."),
  INTERNAL_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe("Bearer token of POST /internal/notify/escalation; without it the port stays closed."),
  NOTIFIER_HOST: z.string().default("0.0.0.0").describe("Address of that endpoint."),
  NOTIFIER_PORT: z.coerce.number().int().min(0).max(65_535).default(8090).describe("Port of that endpoint."),
  NOTICE_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(15_000)
    .default(10_000)
    .describe("Milliseconds until a notice without answer is uncertain."),
  NOTICE_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .max(3_600_000)
    .default(120_000)
    .describe("Milliseconds in which somebody has to be reached before the customer is told that nobody was."),
});
export type Config = z.output<typeof configSchema>;
