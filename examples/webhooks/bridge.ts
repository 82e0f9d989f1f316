// Posts an organization's events to a webhook: WEBHOOK_URL=… WEBHOOK_SECRET=… node examples/webhooks/bridge.ts dead-letters.jsonl
import { appendFileSync } from "node:fs";
import { onStop, openDurable } from "../connect.ts";
import { deliver } from "./deliver.ts";

const { WEBHOOK_URL, WEBHOOK_SECRET } = process.env;
if (!WEBHOOK_URL || !WEBHOOK_SECRET) throw new Error("WEBHOOK_URL and WEBHOOK_SECRET are needed");
const deadLetters = process.argv[2] ?? "dead-letters.jsonl";
const attempts = Number(process.env.WEBHOOK_ATTEMPTS ?? 12);
const firstPauseMs = Number(process.env.WEBHOOK_PAUSE_MS ?? 1_000);
/** Twelve attempts with these pauses are about two hours and a half. */
const LONGEST_PAUSE_MS = 30 * 60_000;

const { consumer, pace, close } = await openDurable();
const messages = await consumer.consume({ max_messages: 8 });
onStop(() => messages.stop());
for await (const message of messages) {
  await pace();
  const event = message.json<{ id: string; type: string; subject: string }>();
  const verdict = await deliver(WEBHOOK_URL, WEBHOOK_SECRET, event);
  const attempt = message.info.redeliveryCount;
  if (verdict === "again" && attempt < attempts) {
    // The server keeps it meanwhile; the receiver orders by the event's time if order matters to it.
    message.nak(Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** (attempt - 1)));
    continue;
  }
  if (verdict !== "taken") {
    // Where it stands on the log, not what it says: skytide subscribers replay --sequence brings it back.
    const { id, type } = event;
    appendFileSync(deadLetters, `${JSON.stringify({ id, type, sequence: message.seq, attempts: attempt, verdict })}\n`);
  }
  message.ack();
}
await close();
