import type { SessionMessage } from "./gupshup-requests.ts";

/** The fields of the form that depend on the message: its JSON, and the switches that go with it. */
export function toGupshupMessage(message: SessionMessage, reference: string | undefined): Record<string, string> {
  switch (message.kind) {
    case "text":
      return {
        message: JSON.stringify({ type: "text", text: message.text, previewUrl: false }),
        disablePreview: "true",
      };
    case "buttons":
      return {
        message: JSON.stringify({
          type: "quick_reply",
          msgid: reference,
          content: { type: "text", text: message.text },
          options: message.buttons.map(({ title, payload }) => ({ type: "text", title, postbackText: payload })),
        }),
      };
    case "list":
      return { message: JSON.stringify(toList(message, reference)), ...(hasEmoji(message) ? { encode: "true" } : {}) };
    case "media":
      return { message: JSON.stringify(toMedia(message)) };
    case "location": {
      const { latitude, longitude, text, address } = message;
      const words = { ...(text === "" ? {} : { name: text }), ...(address ? { address } : {}) };
      return { message: JSON.stringify({ type: "location", longitude, latitude, ...words }) };
    }
  }
}

/** Gupshup takes no `null` and no empty caption. */
function toMedia({ mediaType, url, text, fileName }: Extract<SessionMessage, { kind: "media" }>) {
  const caption = text === "" ? {} : { caption: text };
  switch (mediaType) {
    case "image":
      return { type: "image", originalUrl: url, previewUrl: url, ...caption };
    case "audio":
      return { type: "audio", url };
    case "video":
      return { type: "video", url, ...caption };
    case "file":
      return { type: "file", url, filename: fileName ?? fileNameOf(url), ...caption };
  }
}

function fileNameOf(url: string): string {
  return new URL(url).pathname.split("/").at(-1) || "archivo";
}

function toList({ text, button, rows }: Extract<SessionMessage, { kind: "list" }>, reference: string | undefined) {
  return {
    type: "list",
    title: button,
    body: text,
    msgid: reference,
    globalButtons: [{ type: "text", title: button }],
    items: [
      {
        title: button,
        options: rows.map(({ title, description, payload }) => ({
          type: "text",
          title,
          ...(description === undefined ? {} : { description }),
          postbackText: payload,
        })),
      },
    ],
  };
}

function hasEmoji({ text, button, rows }: Extract<SessionMessage, { kind: "list" }>): boolean {
  const texts = [text, button, ...rows.flatMap((row) => [row.title, row.description ?? ""])];
  return texts.some((one) => /\p{Extended_Pictographic}/u.test(one));
}
