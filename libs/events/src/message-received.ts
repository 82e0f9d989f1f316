import { z } from "zod";
import { eventSchema } from "./envelope.ts";
import { personal } from "./personal.ts";

const mediaTypeSchema = z.enum(["image", "audio", "video", "file", "sticker"]);

const contentSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: personal(z.string()) }),
  /** A tapped button or list row: what the customer saw, and the payload that we had put behind it. */
  z.object({ kind: z.literal("tap"), title: personal(z.string()), payload: personal(z.string()).optional() }),
  /** Media by reference: the provider's link expires, media stores a copy. */
  z.object({
    kind: z.literal("media"),
    mediaType: mediaTypeSchema,
    url: personal(z.string()),
    mimeType: z.string().optional(),
    caption: personal(z.string()).optional(),
    fileName: personal(z.string()).optional(),
  }),
  z.object({
    kind: z.literal("location"),
    latitude: personal(z.number()),
    longitude: personal(z.number()),
    name: personal(z.string()).optional(),
    address: personal(z.string()).optional(),
  }),
  z.object({
    kind: z.literal("contact"),
    name: personal(z.string()).optional(),
    phones: z.array(personal(z.string())),
  }),
  z.object({ kind: z.literal("unsupported"), what: z.string() }),
]);

/** `message.received` (lane inbound): a customer wrote; published by ingest before the webhook is answered. */
export const messageReceivedSchema = eventSchema(
  "message.received",
  z.object({
    platform: z.literal("whatsapp"),
    /** The provider's id. It contains the phone: payload only, never a log or a subject. */
    providerMessageId: personal(z.string()),
    customer: z.object({
      /** The phone, digits only, or the user id where there is no phone. */
      platformUserId: personal(z.string()),
      phone: personal(z.string()).optional(),
      userId: personal(z.string()).optional(),
      name: personal(z.string()).optional(),
    }),
    app: z.string(),
    content: contentSchema,
    /** The message that this one answers, by the id that our send got. */
    repliesTo: personal(z.string()).optional(),
    forwarded: z.boolean().optional(),
    /** The customer's clock as the provider reports it, and ours. */
    sentAt: z.iso.datetime({ offset: true }),
    receivedAt: z.iso.datetime({ offset: true }),
    receivedVia: z.enum(["gupshup-v2", "gupshup-v3"]),
  }),
);
export type MessageReceived = z.infer<typeof messageReceivedSchema>;
export type MessageContent = MessageReceived["data"]["content"];
export type MediaType = z.infer<typeof mediaTypeSchema>;
