import { hashKeysSchema, type Stage } from "@skytide/events";
import { LOG_LEVELS } from "@skytide/telemetry";
import { z } from "zod";

/** `host:port` pairs of a nats-server, with or without scheme, separated by commas. */
const natsServers = z
  .string()
  .regex(/^(?:(?:nats|tls|ws|wss):\/\/)?[^\s,/]+(?:,(?:(?:nats|tls|ws|wss):\/\/)?[^\s,/]+)*$/, {
    error: "expected nats://host:port, several separated by commas",
  });

/** The settings that every stage has. Spread into the stage's own schema. */
export const stageSettings = {
  NATS_URL: natsServers.default("nats://127.0.0.1:4222").describe("nats-server of the log; several by commas."),
  NATS_USER: z.string().optional().describe("User name at the nats-server."),
  NATS_PASSWORD: z.string().optional().describe("Password at the nats-server."),
  NATS_CREDS: z.string().optional().describe("Path of a .creds file, instead of user and password."),
  NATS_NKEY_SEED: z.string().optional().describe("NKEY seed, instead of user and password."),
  NATS_MONITORING_URL: z
    .string()
    .regex(/^https?:\/\/[^\s,/]+(?:,https?:\/\/[^\s,/]+)*$/, {
      error: "expected http://host:port, several separated by commas",
    })
    .optional()
    .describe("Monitoring addresses of the nats-servers, by commas; without them their health is not shown."),
  ADMIN_HOST: z.string().default("0.0.0.0").describe("Address of the admin port."),
  ADMIN_PORT: z.coerce.number().int().min(0).max(65_535).default(9090).describe("Port of /livez, /readyz, /metrics."),
  LOG_LEVEL: z.enum(LOG_LEVELS).default("info").describe("Least severity that is written."),
  CHAT_HASH_KEYS: hashKeysSchema.describe(
    "Keys of the hashes that stand for customers in the log: version:secret pairs by commas, newest first, each secret at least 16 characters.",
  ),
  CONCURRENCY: z.coerce.number().int().min(1).max(1000).optional().describe("Messages handled at once, per consumer."),
  ORG_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Messages of one organization handled at once, per consumer; half of CONCURRENCY unless given."),
  DRAIN_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .optional()
    .describe("Milliseconds that SIGTERM leaves to what is in hand; then it is given back and the exit code is 1."),
  SKYTIDE_COMMIT: z.string().optional().describe("Revision that is running, shown by skytide_build_info."),
  LANGFUSE_HOST: z.url().optional().describe("Base URL of Langfuse; without it no traces are sent."),
  LANGFUSE_PUBLIC_KEY: z.string().optional().describe("Langfuse public key; needed with LANGFUSE_HOST."),
  LANGFUSE_SECRET_KEY: z.string().optional().describe("Langfuse secret key; needed with LANGFUSE_HOST."),
  LANGFUSE_SAMPLE_RATE: z.coerce.number().min(0).max(1).default(1).describe("Share of the turns that is traced."),
};

/** The settings of a stage that calls the database. */
export const storeSettings = {
  SUPABASE_URL: z.url().describe("Base URL of Supabase."),
  SUPABASE_SERVICE_ROLE_KEY: z.string().min(1).describe("Service role key of Supabase."),
};

/** What `runStage` itself reads of a stage's settings. */
export type StageSettings = z.output<z.ZodObject<typeof stageSettings>>;

/** Settings that make no sense alone. */
export const TOGETHER = [
  ["LANGFUSE_HOST", "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"],
  ["NATS_USER", "NATS_PASSWORD"],
] as const;

/** What a stage needs to finish what it has begun: a turn or a download with its model, a send, a request. */
const DRAIN_MS: Record<Stage, number> = {
  ingest: 10_000,
  media: 45_000,
  brain: 45_000,
  outbound: 20_000,
  notifier: 20_000,
};

/** How long a stage drains. */
export function drainMsOf(stage: Stage, settings: StageSettings): number {
  return settings.DRAIN_MS ?? DRAIN_MS[stage];
}
