/** A choice that a message offers: a button or a row of a list. */
export interface Choice {
  title: string;
  payload: string;
  description?: string;
}

/** What a bubble shows, whoever sent it. */
export type BubbleContent =
  | { kind: "text"; text: string }
  | { kind: "buttons"; text: string; header?: string; footer?: string; choices: Choice[] }
  | { kind: "list"; text: string; title?: string; footer?: string; button: string; choices: Choice[] }
  | { kind: "template"; templateId: string; params: string[]; text: string }
  | { kind: "media"; mediaType: "image" | "audio" | "video" | "file" | "sticker"; url: string; caption?: string }
  | { kind: "tap"; title: string; payload?: string }
  | { kind: "location"; latitude: number; longitude: number; name?: string }
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
  /** For `out`. */
  status?: OutgoingStatus;
  /** For `out` that failed: the provider's code. */
  failureCode?: number;
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

/** What a demo customer does; `app` names the business. */
export type CustomerAction = { app: string; name?: string } & (
  | { type: "text"; text: string; repliesTo?: string }
  /** Taps a button or a list row: by its title or payload, on the newest message that has it unless `repliesTo` names one. */
  | { type: "tap"; choice: string; repliesTo?: string }
  | { type: "audio" | "image"; sample?: string; caption?: string }
  | { type: "location"; latitude: number; longitude: number }
  | { type: "reaction"; emoji: string; repliesTo: string }
);
