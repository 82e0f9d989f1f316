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
  READ_MARK_TIMEOUT_MS: milliseconds(0, 15_000)
    .default(3000)
    .describe("Milliseconds for marking the customer's message as read; 0 switches read marks off."),
});
export type Config = z.output<typeof configSchema>;
