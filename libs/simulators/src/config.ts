import { z } from "zod";
import type { SimulatorOptions } from "./simulators.ts";

const number = (fallback: number) => z.coerce.number().int().nonnegative().default(fallback);

/** The settings of the simulators' process. */
const configSchema = z.object({
  SIMULATORS_PORT: number(8090).describe("Port of all simulators and the web phone."),
  SIMULATORS_HOST: z.string().default("127.0.0.1").describe("Address to listen on."),
  SIMULATORS_PUBLIC_URL: z.url().optional().describe("How others reach this process, for media links."),
  SIMULATORS_WEBHOOK_URL: z.string().default("http://127.0.0.1:8080/webhooks/gupshup").describe("Where webhooks go."),
  SIMULATORS_WEBHOOK_SECRET_HEADER: z.string().default("x-webhook-secret").describe("Header of the webhook secret."),
  SIMULATORS_WEBHOOK_VERSION: z.enum(["2", "3"]).default("2").describe("Body format of webhooks."),
  SIMULATORS_WEBHOOK_TIMEOUT_MS: number(10_000).describe("A webhook without an answer for this long is repeated."),
  SIMULATORS_REDELIVERY_DELAY_MS: number(1000).describe("First pause before a repeated webhook."),
  SIMULATORS_RECEIPT_DELAY_MS: number(150).describe("Pause before each receipt."),
  SIMULATORS_SENDS_PER_SECOND: z.coerce.number().positive().default(80).describe("Limit of the send API per app."),
  SIMULATORS_DATA_DIR: z.string().optional().describe("Folder to keep conversations in; in memory without it."),
});

/** Reads the settings from the environment; throws one error that names every bad one. */
export function loadConfig(env: NodeJS.ProcessEnv): SimulatorOptions {
  // An empty value, as in `.env.example`, is an absent one.
  const present = Object.fromEntries(Object.entries(env).filter(([_, value]) => value !== ""));
  const parsed = configSchema.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`These settings of the simulators are wrong:\n${problems.join("\n")}`);
  }
  const config = parsed.data;
  return {
    port: config.SIMULATORS_PORT,
    host: config.SIMULATORS_HOST,
    publicUrl: config.SIMULATORS_PUBLIC_URL,
    webhookUrl: config.SIMULATORS_WEBHOOK_URL,
    webhookSecretHeader: config.SIMULATORS_WEBHOOK_SECRET_HEADER,
    webhookVersion: config.SIMULATORS_WEBHOOK_VERSION === "3" ? 3 : 2,
    webhookTimeoutMs: config.SIMULATORS_WEBHOOK_TIMEOUT_MS,
    redeliveryDelayMs: config.SIMULATORS_REDELIVERY_DELAY_MS,
    receiptDelayMs: config.SIMULATORS_RECEIPT_DELAY_MS,
    sendsPerSecond: config.SIMULATORS_SENDS_PER_SECOND,
    dataDir: config.SIMULATORS_DATA_DIR,
  };
}
