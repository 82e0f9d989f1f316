import { z } from "zod";
import { eventSchema } from "./envelope.ts";

const mediaTypeSchema = z.enum(["image", "audio", "video", "file", "sticker"]);

const contentSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  /** A tapped button or list row: what the customer saw, and the payload that we had put behind it. */
  z.object({ kind: z.literal("tap"), title: z.string(), payload: z.string().optional() }),
  /** Media by reference: the provider's link expires, media stores a copy. */
  z.object({
    kind: z.literal("media"),
    mediaType: mediaTypeSchema,
    url: z.string(),
    mimeType: z.string().optional(),
    caption: z.string().optional(),
    fileName: z.string().optional(),
  }),
  z.object({
    kind: z.literal("location"),
    latitude: z.number(),
    longitude: z.number(),
    name: z.string().optional(),
    address: z.string().optional(),
  }),
  z.object({ kind: z.literal("contact"), name: z.string().optional(), phones: z.array(z.string()) }),
  z.object({ kind: z.literal("unsupported"), what: z.string() }),
]);

/** `message.received` (lane inbound): a customer wrote; published by ingest before the webhook is answered. */
export const messageReceivedSchema = eventSchema(
  "message.received",
  z.object({
    platform: z.literal("whatsapp"),
    /** The provider's id. It contains the phone: payload only, never a log or a subject. */
    providerMessageId: z.string(),
    customer: z.object({
      /** The phone, digits only, or the user id where there is no phone. */
      platformUserId: z.string(),
      phone: z.string().optional(),
      userId: z.string().optional(),
      name: z.string().optional(),
    }),
    app: z.string(),
    content: contentSchema,
    /** The message that this one answers, by the id that our send got. */
    repliesTo: z.string().optional(),
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
