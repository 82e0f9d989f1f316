import type { InboundEvent, Stored } from "@skytide/bus";
import { createEvent, type EventOf, type MessageContent } from "@skytide/events";

export const organizationId = "a0000000-0000-4000-8000-000000000001";
export const chat = "k1_AAAAAAAAAAAAAAAAAAAAAA";

/** A customer's message as ingest publishes it; `at` in milliseconds since the epoch. */
export function received(
  id: string,
  content: string | MessageContent,
  at = 0,
  inChat = chat,
): EventOf<"message.received"> {
  const time = new Date(at);
  return createEvent({
    type: "message.received",
    id,
    source: "ingest",
    time,
    organizationId,
    chat: inChat,
    data: {
      platform: "whatsapp",
      providerMessageId: `provider-${id}`,
      customer: { platformUserId: "573001110001", phone: "573001110001", name: "Laura" },
      app: "AuroraDemo",
      content: typeof content === "string" ? { kind: "text", text: content } : content,
      sentAt: time.toISOString(),
      receivedAt: time.toISOString(),
      receivedVia: "gupshup-v2",
    },
  });
}

/** A description as media publishes it; without a text it could not be described. */
export function described(messageId: string, text: string | null, at = 0): EventOf<"media.described"> {
  return createEvent({
    type: "media.described",
    id: `described-${messageId}`,
    source: "media",
    time: new Date(at),
    organizationId,
    chat,
    data: {
      messageId,
      mimeType: "audio/ogg",
      outcome: text === null ? { kind: "not_described", reason: "model_failed" } : { kind: "described", text },
    },
  });
}

/** Events with the places that the log gave them. */
export function stored(...events: InboundEvent[]): Stored<InboundEvent>[] {
  return events.map((event, index) => ({ sequence: index + 1, publishedAt: new Date(event.time), event }));
}
