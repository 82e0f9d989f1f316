import type { MessageReceived, OutgoingMessage } from "@skytide/events";

/** A message of ours as one text: its words, and what could be chosen below them. */
export function textOfMessage(message: OutgoingMessage): string {
  const choices = message.kind === "buttons" ? message.buttons : message.kind === "list" ? message.rows : [];
  return [message.text, ...choices.map(({ title }) => `- ${title}`)].join("\n");
}

/** A customer's message as one text; a kind in brackets where there are no words. */
export function textOfReceived({ data: { content } }: MessageReceived): string {
  switch (content.kind) {
    case "text":
      return content.text;
    case "tap":
      return content.title;
    case "media":
      return content.caption || `[${content.mediaType}]`;
    case "location":
      return [content.name, content.address].filter(Boolean).join(", ") || "[location]";
    case "contact":
      return content.name || "[contact]";
    case "unsupported":
      return "[unsupported]";
  }
}
