export interface MediaFormat {
  /** What the bytes are: `audio` and `image` are formats that the describer reads; `other` is kept and not read. */
  kind: "audio" | "image" | "other";
  mimeType: string;
  extension: string;
}

interface Signature extends MediaFormat {
  /** Bytes that must stand at an offset; latin-1 text. */
  marks: readonly (readonly [offset: number, text: string])[];
}

const format = (kind: MediaFormat["kind"], mimeType: string, extension: string, ...marks: Signature["marks"]) =>
  ({ kind, mimeType, extension, marks }) satisfies Signature;

// Most specific first. What WhatsApp carries, and what Gemini reads of it (reference/gupshup.md §7, brain.md §7).
const SIGNATURES: readonly Signature[] = [
  format("image", "image/jpeg", "jpg", [0, "\xff\xd8\xff"]),
  format("image", "image/png", "png", [0, "\x89PNG\r\n\x1a\n"]),
  format("image", "image/webp", "webp", [0, "RIFF"], [8, "WEBP"]),
  format("image", "image/heic", "heic", [4, "ftypheic"]),
  format("image", "image/heic", "heic", [4, "ftypheix"]),
  format("image", "image/heif", "heif", [4, "ftypmif1"]),
  format("other", "image/gif", "gif", [0, "GIF8"]),
  format("audio", "audio/ogg", "ogg", [0, "OggS"]),
  format("audio", "audio/wav", "wav", [0, "RIFF"], [8, "WAVE"]),
  format("audio", "audio/flac", "flac", [0, "fLaC"]),
  format("audio", "audio/mp4", "m4a", [4, "ftypM4A"]),
  format("audio", "audio/mpeg", "mp3", [0, "ID3"]),
  format("other", "audio/amr", "amr", [0, "#!AMR"]),
  format("other", "video/3gpp", "3gp", [4, "ftyp3g"]),
  format("other", "video/mp4", "mp4", [4, "ftyp"]),
  format("other", "video/webm", "webm", [0, "\x1a\x45\xdf\xa3"]),
  format("other", "application/pdf", "pdf", [0, "%PDF-"]),
  format("other", "application/zip", "zip", [0, "PK\x03\x04"]),
];

/** What nobody recognises is kept as bytes, never as a type that a browser would run. */
export const UNKNOWN_FORMAT: MediaFormat = { kind: "other", mimeType: "application/octet-stream", extension: "bin" };

/** What a file is by its first bytes, whatever its name and its sender say; null where the bytes tell nothing. */
export function detectFormat(bytes: Uint8Array): MediaFormat | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  const signature = SIGNATURES.find(({ marks }) => marks.every(([offset, text]) => head.startsWith(text, offset)));
  if (signature) return { kind: signature.kind, mimeType: signature.mimeType, extension: signature.extension };
  return detectFrame(bytes);
}

/** Raw MPEG audio has no name in front, only a frame's sync bits: AAC (ADTS), or layer III. */
function detectFrame(bytes: Uint8Array): MediaFormat | null {
  const [first = 0, second = 0] = bytes;
  if (first !== 0xff) return null;
  if ((second & 0xf6) === 0xf0) return { kind: "audio", mimeType: "audio/aac", extension: "aac" };
  return (second & 0xe6) === 0xe2 ? { kind: "audio", mimeType: "audio/mpeg", extension: "mp3" } : null;
}
