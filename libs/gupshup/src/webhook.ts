import type { MessageContent } from "@skytide/events";

/** How a body names the app that it belongs to: v2 by name (sometimes the id too), v3 by id. */
export interface AppReference {
  name?: string | undefined;
  id?: string | undefined;
}

/** The customer as the provider names them: at least one of phone and user id is there. */
export interface CustomerReference {
  /** Digits only, with country code. */
  phone?: string | undefined;
  /** WhatsApp's business-scoped user id, where the customer hides the phone. */
  userId?: string | undefined;
  name?: string | undefined;
}

/** What a receipt can say of a message that we sent. */
export type ReceiptStatus = "enqueued" | "sent" | "delivered" | "read" | "failed";

/** One thing that a webhook body reports, normalised across the v2 and v3 formats. */
export type WebhookItem =
  | {
      kind: "message";
      providerMessageId: string;
      customer: CustomerReference;
      content: MessageContent;
      repliesTo?: string | undefined;
      forwarded?: boolean | undefined;
      sentAt?: Date | undefined;
    }
  | {
      kind: "receipt";
      status: ReceiptStatus;
      /** The id that the send call returned (`gsId`), or the only id there is. */
      providerMessageId: string;
      otherIds: string[];
      customer: CustomerReference;
      at?: Date | undefined;
      /** The provider's number of a failure. */
      code?: number | undefined;
    }
  /** Staff answered from the business phone (v3, coexistence). */
  | {
      kind: "echo";
      providerMessageId: string;
      customer: CustomerReference;
      text?: string | undefined;
      at?: Date | undefined;
    }
  /** The customer took a message back. */
  | { kind: "deleted"; providerMessageId: string; customer: CustomerReference; at?: Date | undefined }
  | { kind: "reaction"; providerMessageId: string; customer: CustomerReference }
  /** The provider paused, disabled, approved … a template; `status` in lower case. */
  | { kind: "template"; templateId: string; status: string; at?: Date | undefined }
  /** The provider tries the URL. */
  | { kind: "probe" }
  /** Known or unknown, nothing is to be done; `known` tells the two apart. */
  | { kind: "ignored"; type: string; known: boolean }
  /** Recognisable, but without what it would need (no id, nobody who sent it). */
  | { kind: "malformed"; type: string };

/** A webhook body after parsing: what it reports about one app, or that it is none of Gupshup's. */
export type Webhook =
  | { kind: "webhook"; version: 2 | 3; app: AppReference; items: WebhookItem[] }
  | { kind: "invalid" };
