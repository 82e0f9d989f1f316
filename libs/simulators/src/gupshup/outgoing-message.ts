import { z } from "zod";
import type { BubbleContent } from "./conversation-types.ts";

const option = z.object({
  type: z.literal("text").optional(),
  title: z.string().min(1),
  postbackText: z.string().optional(),
});
const header = z.object({
  type: z.string(),
  text: z.string().optional(),
  header: z.string().optional(),
  caption: z.string().optional(),
});
const media = { caption: z.string().optional() };

/** The `message` field of a send call, as far as the simulator shows it. */
const messageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string().min(1) }),
  z.object({ type: z.literal("image"), originalUrl: z.string().optional(), id: z.string().optional(), ...media }),
  z.object({ type: z.literal("audio"), url: z.string(), ...media }),
  z.object({ type: z.literal("video"), url: z.string(), ...media }),
  z.object({ type: z.literal("file"), url: z.string(), ...media }),
  z.object({ type: z.literal("sticker"), url: z.string(), ...media }),
  z.object({
    type: z.literal("location"),
    longitude: z.coerce.number(),
    latitude: z.coerce.number(),
    name: z.string().optional(),
  }),
  z.object({
    type: z.literal("quick_reply"),
    msgid: z.string().optional(),
    content: header,
    options: z.array(option).min(1),
  }),
  z.object({
    type: z.literal("list"),
    title: z.string().optional(),
    body: z.string().min(1),
    footer: z.string().optional(),
    msgid: z.string().optional(),
    globalButtons: z.array(z.object({ title: z.string().min(1) })).min(1),
    items: z.array(z.object({ options: z.array(option.extend({ description: z.string().optional() })).min(1) })).min(1),
  }),
  z.object({ type: z.literal("cta_url"), body: z.string().min(1), display_text: z.string(), url: z.string() }),
  z.object({ type: z.literal("reaction"), msgId: z.string(), emoji: z.string() }),
]);
type Message = z.infer<typeof messageSchema>;

/** A message as WhatsApp would show it, and the limit that it breaks, if any. */
export interface OutgoingMessage {
  content: BubbleContent;
  msgid?: string;
  /** Which limit of the platform it breaks; such a message is accepted and fails later. */
  brokenLimit?: string;
}

/** Reads the `message` field; null when it is no message. */
export function parseOutgoingMessage(json: string): OutgoingMessage | null {
  let parsed: z.ZodSafeParseResult<Message>;
  try {
    parsed = messageSchema.safeParse(JSON.parse(json));
  } catch {
    return null;
  }
  if (!parsed.success) return null;
  const message = parsed.data;
  const msgid = "msgid" in message ? message.msgid : undefined;
  const content = toContent(message);
  const brokenLimit = brokenLimitOf(content);
  return { content, ...(msgid === undefined ? {} : { msgid }), ...(brokenLimit === undefined ? {} : { brokenLimit }) };
}

function toContent(message: Message): BubbleContent {
  switch (message.type) {
    case "text":
      return { kind: "text", text: message.text };
    case "quick_reply": {
      const { text = "", header: title, caption } = message.content;
      const choices = message.options.map(({ title, postbackText }) => ({
        title,
        ...optional("payload", postbackText),
      }));
      return { kind: "buttons", text, choices, ...optional("header", title), ...optional("footer", caption) };
    }
    case "list":
      return toList(message);
    case "cta_url":
      return { kind: "text", text: `${message.body}\n${message.display_text}: ${message.url}` };
    case "location": {
      const { latitude, longitude, name } = message;
      return { kind: "location", latitude, longitude, ...optional("name", name) };
    }
    case "reaction":
      return { kind: "reaction", emoji: message.emoji };
    case "image":
      return {
        kind: "media",
        mediaType: "image",
        url: message.originalUrl ?? "",
        ...optional("caption", message.caption),
      };
    default:
      return { kind: "media", mediaType: message.type, url: message.url, ...optional("caption", message.caption) };
  }
}

function toList({ title, body, footer, globalButtons, items }: Extract<Message, { type: "list" }>): BubbleContent {
  const choices = items
    .flatMap((section) => section.options)
    .map(({ title, description, postbackText }) => ({
      title,
      ...optional("payload", postbackText),
      ...optional("description", description || undefined),
    }));
  const button = globalButtons[0]?.title ?? "";
  return { kind: "list", text: body, button, choices, ...optional("title", title), ...optional("footer", footer) };
}

/** The field with its value, or nothing: an absent field stays absent. */
function optional<Key extends string>(key: Key, value: string | undefined): { [key in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]?: string });
}

/** The limits of gupshup.md §5. */
function brokenLimitOf(content: BubbleContent): string | undefined {
  const over = (text: string | undefined, limit: number) => (text?.length ?? 0) > limit;
  if (content.kind === "text") return over(content.text, 4096) ? "text over 4096 characters" : undefined;
  if (content.kind === "media") return over(content.caption, 4096) ? "caption over 4096 characters" : undefined;
  if (content.kind !== "buttons" && content.kind !== "list") return undefined;
  const isList = content.kind === "list";
  const limits = isList
    ? { count: 10, title: 24, payload: 200, text: 4096 }
    : { count: 3, title: 20, payload: 256, text: 1024 };
  const titles = content.choices.map((choice) => choice.title);
  if (titles.length > limits.count) return `more than ${limits.count} choices`;
  if (titles.some((title) => over(title, limits.title))) return `a choice over ${limits.title} characters`;
  if (new Set(titles).size < titles.length) return "two choices with the same title";
  if (content.choices.some(({ payload }) => over(payload, limits.payload)))
    return `a payload over ${limits.payload} characters`;
  if (content.choices.some(({ description }) => over(description, 72))) return "a description over 72 characters";
  if (over(content.text, limits.text)) return `text over ${limits.text} characters`;
  if (over(content.footer, 60)) return "footer over 60 characters";
  if (over(isList ? content.title : content.header, 60)) return "header over 60 characters";
  return isList && over(content.button, 20) ? "button over 20 characters" : undefined;
}
