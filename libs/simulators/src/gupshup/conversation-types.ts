import { z } from "zod";

/** A choice that a message offers: a button or a row of a list. */
export interface Choice {
  title: string;
  payload?: string;
  description?: string;
}

/** The kinds of media that travel by link. */
type MediaKind = "image" | "audio" | "video" | "file" | "sticker";

/** What a bubble shows, whoever sent it. */
export type BubbleContent =
  | { kind: "text"; text: string }
  | { kind: "buttons"; text: string; header?: string; footer?: string; choices: Choice[] }
  | { kind: "list"; text: string; title?: string; footer?: string; button: string; choices: Choice[] }
  | { kind: "template"; templateId: string; params: string[]; text: string; choices?: Choice[] }
  | { kind: "media"; mediaType: MediaKind; url: string; caption?: string }
  | { kind: "tap"; title: string; payload?: string }
  | { kind: "location"; latitude: number; longitude: number; name?: string }
  | { kind: "reaction"; emoji: string }
  | { kind: "other"; type: string };

/** How far a message of the business has come; `submitted` is what the 202 says. */
export type OutgoingStatus = "submitted" | "enqueued" | "sent" | "delivered" | "read" | "failed";

/** One message of a conversation, as the web phone shows it and tests read it. */
export interface Bubble {
  /** `in`: from the customer to the business, `out`: from the business. */
  direction: "in" | "out";
  /** For `out` the id that the send call got, for `in` the id in the webhook. */
  id: string;
  at: string;
  content: BubbleContent;
  /** For `out`: how far it has come. */
  status?: OutgoingStatus;
  /** For `out` that failed: the provider's code. */
  failureCode?: number;
  /** For `out`: WhatsApp's own id. */
  whatsappId?: string;
  /** For `out` with choices: the sender's name of the message, which a tap brings back. */
  msgid?: string;
  /** For `out`: it was the text of a webhook answer that should have been empty. */
  fromWebhookAnswer?: boolean;
  /** For `in`: the business's webhook answered 2xx. */
  delivered?: boolean;
  /** For `in`: the business marked it read. */
  readByBusiness?: boolean;
  /** The message that this one answers, by its id. */
  repliesTo?: string;
}

/** Everything between one business and one phone. */
export interface ConversationView {
  app: string;
  phone: string;
  name: string;
  bubbles: Bubble[];
  /** The customer's last message; the 24-hour window counts from here. */
  lastInboundAt?: string;
}

const common = { app: z.string().min(1), name: z.string().optional() };
const text = z.string().min(1).max(4096);

/** What a customer does; `app` names the business. */
export const customerActionSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text, repliesTo: z.string().optional(), ...common }),
  /** Taps a button or a list row, by its payload or title, on the newest message that has it unless `repliesTo` names one. */
  z.strictObject({ type: z.literal("tap"), choice: z.string().min(1), repliesTo: z.string().optional(), ...common }),
  z.strictObject({ type: z.literal("audio"), sample: z.string().optional(), ...common }),
  z.strictObject({ type: z.literal("image"), sample: z.string().optional(), caption: text.optional(), ...common }),
  z.strictObject({ type: z.literal("location"), latitude: z.number(), longitude: z.number(), ...common }),
  z.strictObject({ type: z.literal("reaction"), emoji: z.string().min(1), repliesTo: z.string(), ...common }),
]);
export type CustomerAction = z.infer<typeof customerActionSchema>;
