import type { MessageContent } from "@skytide/events";
import type { z } from "zod";
import { toMoment } from "./clean.ts";
import { toContact, toLocation, toMedia, toTap, toText, toTypeName } from "./from-content.ts";
import { toCustomer, toOtherIds, toReceiptStatus, toTemplate } from "./from-shared.ts";
import type { WebhookItem } from "./webhook.ts";
import type { V3Contact, V3Message, V3Status, V3Value, v3BodySchema } from "./webhook-api.ts";

const quietFields = [
  "billing-event",
  "account_update",
  "account_alerts",
  "account_review_update",
  "business_capability_update",
  "phone_number_name_update",
  "phone_number_quality_update",
  "message_template_quality_update",
  "template_category_update",
  "user_preferences",
  "history",
  "smb_app_state_sync",
];
// Not words of the customer to us: a changed number, a chat that was opened, a changed message.
const quietTypes = ["system", "request_welcome", "edit"];

/** What a v3 body says, in its order. */
export function fromV3(body: z.infer<typeof v3BodySchema>): WebhookItem[] {
  return body.entry.flatMap((entry) => entry.changes.flatMap(({ field, value }) => fromChange(field, value)));
}

function fromChange(field: string | undefined, value: V3Value): WebhookItem[] {
  if (field === "platform-event") return [{ kind: "probe" }];
  if (field === "smb_message_echoes") return value.message_echoes.map(fromEcho);
  if (field === undefined || field === "messages") {
    const messages = value.messages.map((message) => fromMessage(message, value.contacts));
    return [...messages, ...value.statuses.map(fromStatus)];
  }
  if (field === "message_template_status_update") {
    return [toTemplate(field, value.gs_template_id ?? value.message_template_id, value.event, undefined)];
  }
  return [{ kind: "ignored", type: toTypeName(field), known: quietFields.includes(field) }];
}

function fromMessage(message: V3Message, contacts: readonly V3Contact[]): WebhookItem {
  const { id, type } = message;
  if (type !== undefined && quietTypes.includes(type)) return { kind: "ignored", type: toTypeName(type), known: true };
  // Messages of several customers may share a body: the contact must be the sender's.
  const contact = contacts.find(({ wa_id }) => wa_id !== undefined && wa_id === message.from) ?? onlyOne(contacts);
  const customer = toCustomer({
    addresses: [message.from],
    userId: message.from_user_id ?? contact?.user_id,
    name: contact?.profile.name,
  });
  if (id === undefined || customer === undefined) return { kind: "malformed", type: "message" };
  if (type === "reaction") return { kind: "reaction", providerMessageId: id, customer };
  if (type === "revoke") {
    const revoked = message.revoke.original_message_id;
    if (revoked === undefined) return { kind: "malformed", type: "revoke" };
    return { kind: "deleted", providerMessageId: revoked, customer, at: toMoment(message.timestamp) };
  }
  return {
    kind: "message",
    providerMessageId: id,
    customer,
    content: toContent(message),
    repliesTo: message.context.gs_id ?? message.context.id,
    forwarded: message.context.forwarded || message.context.frequently_forwarded || undefined,
    sentAt: toMoment(message.timestamp),
  };
}

function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function toContent(message: V3Message): MessageContent {
  const { type } = message;
  switch (type) {
    case "text":
      return toText(message.text.body);
    case "button":
      return toTap(message.button.text, message.button.payload);
    case "interactive":
      return fromInteractive(message.interactive);
    case "image":
    case "audio":
    case "video":
    case "sticker":
      return toMedia(type, { ...message[type], mimeType: message[type].mime_type });
    case "document": {
      const { url, mime_type: mimeType, caption, filename: fileName } = message.document;
      return toMedia("file", { url, mimeType, caption, fileName });
    }
    case "location":
      return toLocation(message.location);
    case "contacts":
      return toContact(message.contacts);
    case "unsupported":
      return { kind: "unsupported", what: toTypeName(message.unsupported.raw_type ?? message.unsupported.type) };
    default:
      return { kind: "unsupported", what: toTypeName(type) };
  }
}

function fromInteractive({ type, button_reply, list_reply }: V3Message["interactive"]): MessageContent {
  if (type === "button_reply") return toTap(button_reply.title, button_reply.id);
  if (type === "list_reply") return toTap(list_reply.title, list_reply.id);
  return { kind: "unsupported", what: toTypeName(type) };
}

function fromEcho(echo: V3Message): WebhookItem {
  const customer = toCustomer({ addresses: [echo.to], userId: echo.to_user_id });
  if (echo.id === undefined || customer === undefined) return { kind: "malformed", type: "smb_message_echoes" };
  const text = echo.text.body ?? echo.image.caption ?? echo.video.caption ?? echo.document.caption;
  return { kind: "echo", providerMessageId: echo.id, customer, text, at: toMoment(echo.timestamp) };
}

function fromStatus(entry: V3Status): WebhookItem {
  if (entry.type === "set-callback") return { kind: "probe" };
  const status = toReceiptStatus(entry.status);
  if (status === undefined) return { kind: "ignored", type: toTypeName(entry.status ?? entry.type), known: false };
  const customer = toCustomer({ addresses: [entry.recipient_id], userId: entry.recipient_user_id });
  const providerMessageId = entry.gs_id ?? entry.id;
  if (providerMessageId === undefined || customer === undefined) return { kind: "malformed", type: "statuses" };
  return {
    kind: "receipt",
    status,
    providerMessageId,
    otherIds: toOtherIds(providerMessageId, [entry.id, entry.meta_msg_id]),
    customer,
    at: toMoment(entry.timestamp),
    code: entry.errors[0]?.code ?? entry.code,
  };
}
