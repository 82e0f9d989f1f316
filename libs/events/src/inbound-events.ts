import { z } from "zod";
import { eventSchema } from "./envelope.ts";
import { personal } from "./personal.ts";

/** `media.described` (lane inbound): the text of a customer's media, or why there is none; always one per media message. */
export const mediaDescribedSchema = eventSchema(
  "media.described",
  z.object({
    /** The id of the `message.received` event. */
    messageId: z.string(),
    outcome: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("described"), text: personal(z.string()), language: z.string().optional() }),
      z.object({
        kind: z.literal("not_described"),
        reason: z.enum([
          "unsupported",
          "too_large",
          "expired",
          "download_failed",
          "blocked",
          "empty",
          "model_failed",
          "timeout",
        ]),
      }),
    ]),
    /** What the file is, by name, type and size, in the organization's language; where its content was not described. */
    label: personal(z.string()).optional(),
    mimeType: z.string().optional(),
    sizeBytes: z.number().int().nonnegative().optional(),
    /** Where our copy lies: bucket path, absent when nothing was stored. */
    storedPath: personal(z.string()).optional(),
  }),
);
export type MediaDescribed = z.infer<typeof mediaDescribedSchema>;

/** `message.deleted` (lane inbound): the customer took a message back. */
export const messageDeletedSchema = eventSchema("message.deleted", z.object({ messageId: z.string() }));
export type MessageDeleted = z.infer<typeof messageDeletedSchema>;
