import { z } from "zod";
import { eventSchema } from "./envelope.ts";
import { personal } from "./personal.ts";

const buttonSchema = z.object({ title: personal(z.string().min(1)), payload: personal(z.string().min(1)) });

/** One message for the customer: a text, or a text with up to three buttons or a list. */
export const outgoingMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: personal(z.string().min(1)) }),
  z.object({
    kind: z.literal("buttons"),
    text: personal(z.string().min(1)),
    buttons: z.array(buttonSchema).min(1).max(3),
  }),
  z.object({
    kind: z.literal("list"),
    text: personal(z.string().min(1)),
    button: personal(z.string().min(1)),
    rows: z
      .array(buttonSchema.extend({ description: personal(z.string()).optional() }))
      .min(1)
      .max(10),
  }),
  /** A file that the provider fetches by link; `text` is its caption, which audio has none of. */
  z.object({
    kind: z.literal("media"),
    mediaType: z.enum(["image", "audio", "video", "file"]),
    url: personal(z.url({ protocol: /^https?$/ })),
    text: personal(z.string()),
    fileName: personal(z.string()).optional(),
  }),
  /** A place; `text` is its name. */
  z.object({
    kind: z.literal("location"),
    latitude: personal(z.number().min(-90).max(90)),
    longitude: personal(z.number().min(-180).max(180)),
    text: personal(z.string()),
    address: personal(z.string()).optional(),
  }),
  /** An approved template: the only kind that may leave outside the 24-hour window. */
  z.object({
    kind: z.literal("template"),
    /** The provider's id of it. */
    templateId: z.string().min(1).max(200),
    parameters: z.array(personal(z.string())).max(20),
    /** What the customer reads, as far as we know the template's words: for the record and the agent's memory. */
    text: personal(z.string().min(1)),
    /** Its quick-reply buttons in order, with what comes back from each. */
    buttons: z.array(buttonSchema).max(10).optional(),
  }),
]);

/** `reply.requested` (lane reply): messages for the customer, sent in order by outbound. Its id names the reply everywhere. */
export const replyRequestedSchema = eventSchema(
  "reply.requested",
  z.object({
    messages: z.array(outgoingMessageSchema).min(1),
    /** The reply that closes a hand-off: sent although the bot is off by then. */
    closing: z.boolean(),
    /** When the first message that it answers was received: the start of the reply latency. */
    respondsTo: z.iso.datetime({ offset: true }).optional(),
    /** Milliseconds of `respondsTo`→turn that were deliberate waiting (debounce). */
    debounceMs: z.number().nonnegative().optional(),
    /** The reminder of an appointment (by notifier): it answers nobody, and is worth nothing once the appointment has begun. */
    reminder: z.object({ appointmentId: z.uuid(), startsAt: z.iso.datetime({ offset: true }) }).optional(),
  }),
);
export type ReplyRequested = z.infer<typeof replyRequestedSchema>;
export type OutgoingMessage = z.infer<typeof outgoingMessageSchema>;
/** A message that is sent as an approved template. */
export type TemplateMessage = Extract<OutgoingMessage, { kind: "template" }>;
