import type { MessageContent } from "@skytide/events";
import type { z } from "zod";
import { toMoment } from "./clean.ts";
import { toContact, toLocation, toMedia, toTap, toText, toTypeName } from "./from-content.ts";
import { toCustomer, toOtherIds, toReceiptStatus, toTemplate } from "./from-shared.ts";
import type { WebhookItem } from "./webhook.ts";
import {
  isRecord,
  type V2Content,
  type V2Message,
  v2ContentSchema,
  type v2EnvelopeSchema,
  v2MessageSchema,
  v2NoteSchema,
  v2ReceiptSchema,
} from "./webhook-api.ts";

const quietTypes = ["user-event", "billing-event", "account-event", "preference-event", "onboarding-event"];

/** What a v2 body says. */
export function fromV2(envelope: z.infer<typeof v2EnvelopeSchema>): WebhookItem {
  const { type = "", payload } = envelope;
  if (type === "message")
    return fromMessage(v2MessageSchema.parse(payload), isRecord(payload) ? payload : {}, envelope.timestamp);
  if (type === "message-event") return fromReceipt(payload, envelope.timestamp);
  if (type === "platform-event") return { kind: "probe" };
  const note = v2NoteSchema.parse(payload);
  if (type === "user-event" && note.phone === "callbackSetPhone") return { kind: "probe" };
  if (type === "template-event") return toTemplate(type, note.id, note.status, toMoment(envelope.timestamp));
  return { kind: "ignored", type: toTypeName(type), known: quietTypes.includes(type) };
}

function fromMessage(message: V2Message, raw: object, timestamp: number | undefined): WebhookItem {
  const customer = toCustomer({
    addresses: [message.source, message.sender.phone],
    userId: message.sender.userId,
    name: message.sender.name,
  });
  if (message.id === undefined || customer === undefined) return { kind: "malformed", type: "message" };
  if (message.type === "reaction") return { kind: "reaction", providerMessageId: message.id, customer };
  // Some senders leave the inner level out.
  const content = v2ContentSchema.parse(isRecord(message.payload) ? message.payload : raw);
  return {
    kind: "message",
    providerMessageId: message.id,
    customer,
    content: toContent(message.type, content),
    repliesTo: message.context.gsId ?? message.context.id,
    forwarded: message.context.forwarded || message.context.frequently_forwarded || undefined,
    sentAt: toMoment(timestamp),
  };
}

function toContent(type: string | undefined, content: V2Content): MessageContent {
  const mimeType = content.contentType ?? content["content-type"] ?? content.mimeType;
  switch (type) {
    case undefined:
    case "text":
      return content.type === "button" ? toTap(content.text, content.postbackText) : toText(content.text);
    case "quick_reply":
    case "button_reply":
    case "list_reply":
      // The inner id is the one that we gave the whole message, not what was behind the button.
      return toTap(content.title ?? content.text ?? content.reply, content.postbackText);
    case "image":
    case "audio":
    case "video":
    case "sticker":
      return toMedia(type, { url: content.url, mimeType, caption: content.caption });
    case "file":
    case "document":
      return toMedia("file", { url: content.url, mimeType, caption: content.caption, fileName: content.name });
    case "location":
      return toLocation(content);
    case "contact":
    case "contacts":
      return toContact(content.contacts);
    default:
      return { kind: "unsupported", what: toTypeName(type) };
  }
}

function fromReceipt(payload: unknown, timestamp: number | undefined): WebhookItem {
  const receipt = v2ReceiptSchema.parse(payload);
  const { type, id, gsId, payload: inner } = receipt;
  const status = toReceiptStatus(type);
  if (status === undefined && type !== "deleted") {
    return { kind: "ignored", type: toTypeName(type), known: type === "mismatch" };
  }
  const customer = toCustomer({ addresses: [receipt.destination], userId: receipt.userId });
  const providerMessageId = gsId ?? id;
  if (providerMessageId === undefined || customer === undefined) return { kind: "malformed", type: "message-event" };
  const at = toMoment(inner.ts ?? timestamp);
  if (status === undefined) return { kind: "deleted", providerMessageId, customer, at };
  return {
    kind: "receipt",
    status,
    providerMessageId,
    otherIds: toOtherIds(providerMessageId, [id, inner.whatsappMessageId]),
    customer,
    at,
    code: inner.code,
  };
}
