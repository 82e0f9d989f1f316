import { hashKeysSchema } from "@skytide/events";
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
  GUPSHUP_ESCALATION_FALLBACK_TEMPLATE_ID: z
    .string()
    .optional()
    .describe("A second template with the same four parameters, for the time in which the first is paused or refused."),
  BUTTON_SIGNING_KEYS: hashKeysSchema
    .optional()
    .describe(
      "Keys that sign the buttons of reminders: version:secret pairs by commas, newest first; without one no reminder leaves.",
    ),
  RECONCILE_AT: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "expected HH:MM" })
    .default("08:00")
    .describe("Time of day (UTC) at which the timers of reminders and hand-offs are compared with the database."),
  RECONCILE_POLL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(30_000)
    .describe("Milliseconds between two looks whether the stream of timers is still the one it was."),
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
