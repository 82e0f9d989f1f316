import { PermanentError } from "@skytide/errors";
import type { OutgoingMessage, TemplateMessage } from "@skytide/events";
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
  caption: 1024,
  placeName: 1000,
  fileName: 240,
  templateParameters: 20,
} as const;

/**
 * Makes messages that WhatsApp takes: its own formatting, long text split into several, titles cut to their limits. What
 * stands above buttons or a list and is too long goes ahead as text. Throws PermanentError where cutting would change the
 * meaning (too many buttons, a payload too long).
 */
export function prepareMessage(message: OutgoingMessage): OutgoingMessage[] {
  // Its words are approved as they are; the parameters are flattened where it is sent.
  const text = toWhatsAppText(cleanText(message.text));
  if (message.kind === "media") return toMedia(message, text);
  if (message.kind === "location") return [toLocation(message)];
  if (message.kind === "template") return [toTemplate(message)];
  if (text === "") throw new PermanentError("message-empty", "the message has no text");
  if (message.kind === "text") return toTexts(text);
  if (message.kind === "buttons") {
    refuseOver("buttons", message.buttons.length, WHATSAPP_LIMITS.buttons);
    const buttons = message.buttons.map((button) => ({
      title: toTitle(withoutEmoji(button.title), WHATSAPP_LIMITS.buttonTitle),
      payload: toPayload(button.payload, WHATSAPP_LIMITS.buttonPayload),
    }));
    return withBody(text, (body) => ({
      ...{ kind: "buttons", text: body },
      buttons: apart(buttons, WHATSAPP_LIMITS.buttonTitle),
    }));
  }
  refuseOver("rows", message.rows.length, WHATSAPP_LIMITS.rows);
  const button = toTitle(message.button, WHATSAPP_LIMITS.buttonTitle);
  const rows = message.rows.map((row) => ({
    title: toTitle(row.title, WHATSAPP_LIMITS.rowTitle),
    payload: toPayload(row.payload, WHATSAPP_LIMITS.rowPayload),
    ...(row.description ? { description: toTitle(row.description, WHATSAPP_LIMITS.rowDescription) } : {}),
  }));
  return withBody(text, (body) => ({
    ...{ kind: "list", text: body, button },
    rows: apart(rows, WHATSAPP_LIMITS.rowTitle),
  }));
}

/** A caption that is too long, or that audio cannot have, goes ahead as text. */
function toMedia(message: Extract<OutgoingMessage, { kind: "media" }>, text: string): OutgoingMessage[] {
  const fileName = message.fileName && shorten(flattenTemplateParameter(message.fileName), WHATSAPP_LIMITS.fileName);
  const media = { ...message, ...(fileName ? { fileName } : {}) };
  if (text === "" || (message.mediaType !== "audio" && text.length <= WHATSAPP_LIMITS.caption))
    return [{ ...media, text }];
  return [...toTexts(text), { ...media, text: "" }];
}

function toLocation(message: Extract<OutgoingMessage, { kind: "location" }>): OutgoingMessage {
  const line = (words: string) => (words.trim() === "" ? "" : toTitle(words, WHATSAPP_LIMITS.placeName));
  const address = line(message.address ?? "");
  return { ...message, text: line(message.text), ...(address === "" ? {} : { address }) };
}

function toTemplate(message: TemplateMessage): TemplateMessage {
  refuseOver("parameters of a template", message.parameters.length, WHATSAPP_LIMITS.templateParameters);
  refuseOver("buttons of a template", message.buttons?.length ?? 0, WHATSAPP_LIMITS.rows);
  for (const { payload } of message.buttons ?? []) toPayload(payload, WHATSAPP_LIMITS.buttonPayload);
  return { ...message, parameters: message.parameters.map((parameter) => flattenTemplateParameter(parameter)) };
}

/** Gupshup's own builder takes no emoji on a button; one that is nothing else keeps it. */
function withoutEmoji(title: string): string {
  const plain = title.replaceAll(/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u{FE0F}|\u{200D}/gu, "").trim();
  return plain === "" ? title : plain;
}

/** WhatsApp refuses choices that look the same: the second of two gets a number. */
function apart<Choice extends { title: string }>(choices: readonly Choice[], limit: number): Choice[] {
  const seen = new Map<string, number>();
  return choices.map((choice) => {
    const count = (seen.get(choice.title) ?? 0) + 1;
    seen.set(choice.title, count);
    if (count === 1) return choice;
    const mark = ` (${count})`;
    return { ...choice, title: `${shorten(choice.title, limit - mark.length)}${mark}` };
  });
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
