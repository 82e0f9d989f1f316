import { PermanentError } from "@skytide/errors";
import type { OutgoingMessage } from "@skytide/events";
import { cleanText } from "./clean.ts";
import { splitText } from "./split-text.ts";
import { flattenTemplateParameter, shorten } from "./template-parameter.ts";
import { toWhatsAppText } from "./whatsapp-text.ts";

/** What WhatsApp takes at most; lengths in characters. */
const WHATSAPP_LIMITS = {
  text: 4096,
  /** The words above buttons or a list. */
  body: 1024,
  buttons: 3,
  buttonTitle: 20,
  buttonPayload: 256,
  rows: 10,
  rowTitle: 24,
  rowDescription: 72,
  rowPayload: 200,
} as const;

/**
 * Makes messages that WhatsApp takes: its own formatting, long text split into several, titles cut to their limits. What
 * stands above buttons or a list and is too long goes ahead as text. Throws PermanentError where cutting would change the
 * meaning (too many buttons, a payload too long).
 */
export function prepareMessage(message: OutgoingMessage): OutgoingMessage[] {
  // Its words are approved as they are; the parameters are flattened where it is sent.
  if (message.kind === "template") return [message];
  const text = toWhatsAppText(cleanText(message.text));
  if (text === "") throw new PermanentError("message-empty", "the message has no text");
  if (message.kind === "text") return toTexts(text);
  if (message.kind === "buttons") {
    refuseOver("buttons", message.buttons.length, WHATSAPP_LIMITS.buttons);
    const buttons = message.buttons.map((button) => ({
      title: toTitle(button.title, WHATSAPP_LIMITS.buttonTitle),
      payload: toPayload(button.payload, WHATSAPP_LIMITS.buttonPayload),
    }));
    return withBody(text, (body) => ({ kind: "buttons", text: body, buttons }));
  }
  refuseOver("rows", message.rows.length, WHATSAPP_LIMITS.rows);
  const button = toTitle(message.button, WHATSAPP_LIMITS.buttonTitle);
  const rows = message.rows.map((row) => ({
    title: toTitle(row.title, WHATSAPP_LIMITS.rowTitle),
    payload: toPayload(row.payload, WHATSAPP_LIMITS.rowPayload),
    ...(row.description ? { description: toTitle(row.description, WHATSAPP_LIMITS.rowDescription) } : {}),
  }));
  return withBody(text, (body) => ({ kind: "list", text: body, button, rows }));
}

function toTexts(text: string): OutgoingMessage[] {
  return splitText(text, WHATSAPP_LIMITS.text).map((piece) => ({ kind: "text", text: piece }));
}

function withBody(text: string, toLast: (body: string) => OutgoingMessage): OutgoingMessage[] {
  if (text.length <= WHATSAPP_LIMITS.body) return [toLast(text)];
  const pieces = splitText(text, WHATSAPP_LIMITS.body);
  const body = pieces.pop() ?? text;
  return [...toTexts(pieces.join("\n\n")), toLast(body)];
}

function toTitle(title: string, limit: number): string {
  return shorten(flattenTemplateParameter(title), limit);
}

function toPayload(payload: string, limit: number): string {
  refuseOver("characters of a payload", payload.length, limit);
  return payload;
}

function refuseOver(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw new PermanentError("message-over-limits", `WhatsApp takes at most ${limit} ${what}, the message has ${count}`);
}
