import { element } from "./element.js";

/** WhatsApp's marks and links; everything else stays text, so nothing that was written can become markup. */
const MARKS = /```([^`]+)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^*_~\n]*?\S)\2(?![\p{L}\p{N}])|(https?:\/\/[^\s<>"]+)/gu;
const TAGS = { "*": "strong", _: "em", "~": "s" };

/** Turns a message's text into nodes. */
export function richText(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, code, mark, marked, link] = match;
    nodes.push(text.slice(end, match.index));
    if (code) nodes.push(element("code", {}, code));
    else if (link) nodes.push(element("a", { href: link, target: "_blank", rel: "noreferrer" }, link));
    else nodes.push(element(TAGS[mark], {}, ...richText(marked)));
    end = match.index + whole.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

/** The same as one line of plain words, for quotes and screen readers. */
export function plainText(content) {
  if (content.kind === "media") return { audio: "🎤 Nota de voz", image: "📷 Foto" }[content.mediaType] ?? "📎 Archivo";
  if (content.kind === "location") return "📍 Ubicación";
  return content.text ?? content.title ?? content.emoji ?? "Mensaje";
}
