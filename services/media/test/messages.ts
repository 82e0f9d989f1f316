import { createEvent, type MediaType, type MessageContent, type MessageReceived } from "@skytide/events";
import { demo } from "@skytide/testing";

export const AURORA = demo.aurora.organizationId;
export const CHAT = "k1_abcdefghijklmnopqrstuv";

/** A `message.received` of Laura's with that content. */
export function received(content: MessageContent, id = "k1_message"): MessageReceived {
  const at = new Date("2026-11-23T15:00:00Z");
  return createEvent({
    type: "message.received",
    id,
    source: "ingest",
    time: at,
    organizationId: AURORA,
    chat: CHAT,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data: {
      platform: "whatsapp",
      providerMessageId: "wamid.1",
      customer: { platformUserId: "573001110001", phone: "573001110001", name: "Laura" },
      app: "AuroraDemo",
      content,
      sentAt: at.toISOString(),
      receivedAt: at.toISOString(),
      receivedVia: "gupshup-v2",
    },
  });
}

/** A medium of Laura's. */
export function receivedMedia(mediaType: MediaType, url = "https://files.example/1", id?: string): MessageReceived {
  return received({ kind: "media", mediaType, url }, id);
}
