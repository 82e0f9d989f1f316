import { stageSettings, storeSettings } from "@skytide/stage";
import { z } from "zod";
import { parseSource } from "./sources.ts";

const ROLES = ["webhook", "relay", "recorder"] as const;
type Role = (typeof ROLES)[number];

const rolesSchema = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .pipe(z.array(z.enum(ROLES)).min(1))
  .transform((roles) => new Set<Role>(roles));

const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** Addresses and ranges by commas, as text; wrong ones are refused when the process starts. */
const sources = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .pipe(
    z.array(z.string().refine((one) => parseSource(one) !== undefined, "expected addresses or ranges like 10.0.0.0/8")),
  );

/** The settings of ingest. */
export const configSchema = z.object({
  ...stageSettings,
  ...storeSettings,
  INGEST_ROLES: rolesSchema
    .prefault("webhook,relay,recorder")
    .describe(
      "What this process does, by commas: webhook (messages in), relay (CRM changes in), recorder (log to database).",
    ),
  GATEWAY_HOST: z.string().default("0.0.0.0").describe("Address of the webhook port."),
  GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe("Port of the webhooks."),
  WEBHOOK_SECRET_REQUIRED: flag
    .prefault("false")
    .describe("true refuses webhooks of a connection that has no secret (401); false accepts, counts and warns."),
  WEBHOOK_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .max(900_000)
    .default(262_144)
    .describe("Largest webhook body in bytes; larger ones are answered 413. The log takes at most 1 MB."),
  WEBHOOK_PUBLISH_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(9_000)
    .default(5_000)
    .describe(
      "Milliseconds until a message that the log did not confirm is answered 503; Gupshup gives up after 10 s.",
    ),
  WEBHOOK_ALLOWED_SOURCES: sources
    .optional()
    .describe(
      "Addresses or ranges that may call the webhook, by commas (Gupshup's support hands out its own); others get 403. Without it everybody may.",
    ),
  WEBHOOK_TRUSTED_PROXIES: sources
    .optional()
    .describe("Addresses or ranges of our own proxies, by commas: their X-Forwarded-For says who called."),
  WEBHOOK_MAX_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .describe("Webhook calls in hand at once; more are answered 503 before their body is read."),
  WEBHOOK_CONNECTION_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(500)
    .describe("Webhook calls per second of one organization over all replicas, bursts of twice that; 0 for no limit."),
  WEBHOOK_TOTAL_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(5_000)
    .describe("Webhook calls per second of the whole fleet, bursts of twice that; 0 for no limit."),
  REDIS_URL: z.url().optional().describe("Redis for the webhook's limits; without it they are in JetStream KV."),
  CONNECTIONS_REFRESH_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(300_000)
    .default(3_000)
    .describe("Milliseconds between two readings of the platform connections."),
  GUPSHUP_NOTIF_APP_NAME: z
    .string()
    .optional()
    .describe("Gupshup app of the staff notices; what is written to it never reaches the agent."),
  GUPSHUP_NOTIF_WEBHOOK_SECRET: z
    .string()
    .min(8)
    .optional()
    .describe("Secret of that app's webhook, where the app is not in platform_connections."),
  RELAY_POLL_MS: z.coerce
    .number()
    .int()
    .min(20)
    .max(10_000)
    .default(800)
    .describe("Longest wait in milliseconds between two looks at an idle outbox."),
  RECORDER_BATCH: z.coerce.number().int().min(1).max(500).default(100).describe("Most events written at once."),
  RECORDER_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(20)
    .describe("Milliseconds that an event waits for others to be written with."),
});
export type Config = z.output<typeof configSchema>;
