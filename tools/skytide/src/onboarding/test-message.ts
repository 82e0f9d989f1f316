import type { Bus } from "@skytide/bus";
import { chatOf, conversationSubject, type HashKeys } from "@skytide/events";
import { createGupshupClient } from "@skytide/gupshup";
import type { OnboardingConnection } from "@skytide/store";
import { type Finding, failed, ok, warning } from "./findings.ts";

interface TestMessage {
  bus: Bus;
  baseUrl: string | undefined;
  keys: HashKeys;
  organizationId: string;
  connection: OnboardingConnection;
  /** Digits only. */
  to: string;
}

const RECEIPT_WITHIN_MS = 20_000;

/** Sends one message and waits for the log to hear what became of it: the whole way out and back. */
export async function sendTestMessage({
  bus,
  baseUrl,
  keys,
  organizationId,
  connection,
  to,
}: TestMessage): Promise<Finding> {
  const check = "message";
  const { apiKey, appName, businessNumber } = connection;
  if (!apiKey || !appName || !businessNumber) return failed(check, "Not sent: the connection is not complete.");
  const chat = chatOf(keys, organizationId, "whatsapp", to);
  const heard = firstReceipt(bus, conversationSubject(organizationId, chat, "receipt"));
  try {
    const sent = await createGupshupClient({ baseUrl }).sendMessage({
      ...{ organizationId, apiKey, appName, source: businessNumber, destination: to },
      message: { kind: "text", text: "Mensaje de prueba de Skytide." },
    });
    if (sent.kind === "uncertain") return warning(check, "Gupshup did not confirm the message: look at the phone.");
  } catch {
    return failed(
      check,
      "Gupshup refused the message: check API key, app name and business number (they must belong together).",
    );
  }
  const receipt = await heard;
  if (receipt === undefined)
    return failed(
      check,
      "Gupshup took the message, but no receipt came within 20 s: check the subscription and its modes.",
    );
  if (receipt === "reply.failed") {
    return failed(
      check,
      "WhatsApp did not deliver it. A free message needs that the phone wrote to the business in the last 24 hours.",
    );
  }
  return ok(check, "Sent, and the receipt came back to the log.");
}

async function firstReceipt(bus: Bus, subject: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(RECEIPT_WITHIN_MS);
  for await (const message of bus.follow({
    stream: "CONVERSATIONS",
    filters: [subject],
    from: "new",
    live: true,
    signal,
  })) {
    const { type, data } = message.json() as { type: string; data?: { status?: string } };
    // "Enqueued" is what the call's answer said already.
    if (data?.status !== "enqueued") return type;
  }
  return undefined;
}
