import type { MediaType } from "@skytide/events";
import { cleanText } from "./clean-text.ts";

const MAX_NAME_CHARACTERS = 80;

/** What a kind of file is called in front of people. */
const NOUNS: Readonly<Record<MediaType, string>> = {
  audio: "Audio",
  image: "Imagen",
  video: "Video",
  file: "Documento",
  sticker: "Sticker",
};

/** What is known of a file beside its content. */
interface FileFacts {
  mediaType: MediaType;
  extension: string;
  sizeBytes: number;
  fileName?: string | undefined;
}

/** A file as what it is, by name, type and size: `Documento «orden médica.pdf» (PDF, 120 KB)`. */
export function labelOf({ mediaType, extension, sizeBytes, fileName }: FileFacts): string {
  const name = nameOf(fileName);
  const type = extension === "bin" ? [] : [extension.toUpperCase()];
  return `${NOUNS[mediaType]}${name === "" ? "" : ` «${name}»`} (${[...type, sizeOf(sizeBytes)].join(", ")})`;
}

/** The customer named it: one short line, and no path. */
function nameOf(fileName: string | undefined): string {
  const last = (fileName ?? "").split(/[/\\]/).at(-1) ?? "";
  const line = cleanText(last, false).replaceAll(/\s+/g, " ").replaceAll(/[«»]/g, "");
  return [...line].slice(0, MAX_NAME_CHARACTERS).join("");
}

function sizeOf(bytes: number): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  return kilobytes < 1024 ? `${kilobytes} KB` : `${(kilobytes / 1024).toFixed(1).replace(".", ",")} MB`;
}
