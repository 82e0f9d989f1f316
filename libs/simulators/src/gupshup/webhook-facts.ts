import type { GupshupApp } from "./apps.ts";

/** What a customer's message holds, in words that both webhook formats can be made from. */
export type InboundContent =
  | { type: "text"; text: string }
  /** A tap on a template's button. */
  | { type: "quick_reply"; title: string; postbackText?: string }
  | { type: "button_reply"; title: string; msgid: string; position: number; postbackText?: string }
  | { type: "list_reply"; title: string; msgid: string; position: number; postbackText?: string; description?: string }
  | { type: "image" | "audio"; mediaId: string; url: string; contentType: string; expiresAt: Date; caption?: string }
  | { type: "location"; latitude: number; longitude: number }
  | { type: "reaction"; emoji: string; whatsappId: string; gsId: string };

/** A customer's message. */
export interface InboundFacts {
  app: GupshupApp;
  at: Date;
  id: string;
  phone: string;
  name: string;
  content: InboundContent;
  /** The business's message that it answers. */
  context?: { whatsappId: string; gsId: string };
}

/** What became of a message that the business sent. */
export interface ReceiptFacts {
  app: GupshupApp;
  at: Date;
  status: "enqueued" | "sent" | "delivered" | "read" | "failed";
  destination: string;
  /** The id that the send call got. */
  gsId: string;
  /** The second id, by which receipts name the message. */
  otherId: string;
  whatsappId: string;
  isTemplate: boolean;
  failedBy?: "gupshup" | "whatsapp";
  code?: number;
  reason?: string;
  withoutGsId?: boolean;
}

/** A call that is no event of a conversation. */
export interface ProbeFacts {
  app: GupshupApp;
  at: Date;
  kind: "validation" | "connectivity";
}
