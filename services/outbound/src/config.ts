import { stageSettings, storeSettings } from "@skytide/stage";
import { z } from "zod";

const milliseconds = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** The settings of this stage. */
export const configSchema = z.object({
  ...stageSettings,
  ...storeSettings,
  REDIS_URL: z.url().optional().describe("Redis for leases and rate limits; without it they are in JetStream KV."),
  GUPSHUP_API_URL: z.url().default("https://api.gupshup.io").describe("Base URL of Gupshup's send API."),
  SEND_TIMEOUT_MS: milliseconds(100, 15_000)
    .default(10_000)
    .describe("Milliseconds until a send without answer is uncertain."),
  SEND_UNCERTAIN_WAIT_MS: milliseconds(0, 600_000)
    .default(30_000)
    .describe("Milliseconds that an uncertain send waits for a receipt before it is sent once more or held."),
  SEND_UNCERTAIN_POLL_MS: milliseconds(50, 60_000)
    .default(3000)
    .describe("Milliseconds between looks for the receipt of an uncertain send."),
  SEND_RECEIPTS_FLOW_MS: milliseconds(0, 86_400_000)
    .default(900_000)
    .describe("Milliseconds since an organization's last receipt in which its receipts count as flowing."),
  SEND_NUMBER_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe("Messages per second and business number (Meta allows 80, 20 where the phone app is used too)."),
  SEND_PAIR_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(600)
    .default(10)
    .describe("Messages per minute from one business number to one customer, in the long run."),
  SEND_PAIR_BURST: z.coerce
    .number()
    .int()
    .min(1)
    .max(45)
    .default(40)
    .describe("Messages in a row from one business number to one customer (Meta allows 45)."),
  SEND_THROTTLE_WAIT_MS: milliseconds(0, 10_000)
    .default(3000)
    .describe("Milliseconds that a message waits in the process for its rate limits before it goes back to the log."),
  SEND_ORDER_WAIT_MS: milliseconds(0, 86_400_000)
    .default(900_000)
    .describe("Milliseconds that a reply waits until the one before it is settled; then it overtakes."),
  SEND_CIRCUIT_PATIENCE_MS: milliseconds(0, 600_000)
    .default(10_000)
    .describe("Milliseconds that an app is refused (key, name, account) until nothing is sent through it for a while."),
  SEND_CIRCUIT_PAUSE_MS: milliseconds(0, 900_000)
    .default(60_000)
    .describe("Milliseconds until one message tries a refused app again; doubles up to 15 minutes."),
  SEND_LATE_WAIT_MS: milliseconds(0, 300_000)
    .default(5000)
    .describe("Least milliseconds between a failure that comes late and the next try: it can be premature."),
  SEND_LATE_MATCH_MS: milliseconds(0, 3_600_000)
    .default(60_000)
    .describe("Milliseconds that a late failure waits for the send that it speaks of."),
  SEND_RESENDS: milliseconds(0, 10)
    .default(3)
    .describe("How often a message is sent again that failed after it was accepted."),
  SEND_WATCH_MS: milliseconds(100, 600_000)
    .default(30_000)
    .describe("Milliseconds between looks at held sends and blocked apps."),
  GUPSHUP_PARTNER_TOKEN: z
    .string()
    .min(1)
    .optional()
    .describe("Token of a Gupshup partner; with it customers see that an answer is being written."),
  GUPSHUP_PARTNER_URL: z.url().default("https://partner.gupshup.io").describe("Base URL of Gupshup's partner API."),
  TYPING_DELAY_MS: milliseconds(0, 120_000)
    .default(10_000)
    .describe("Milliseconds after the customer's last message until typing is shown; as DEBOUNCE_MS."),
  READ_MARK_TIMEOUT_MS: milliseconds(0, 15_000)
    .default(3000)
    .describe("Milliseconds for marking the customer's message as read; 0 switches read marks off."),
});
export type Config = z.output<typeof configSchema>;
