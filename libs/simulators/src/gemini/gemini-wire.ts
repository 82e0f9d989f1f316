import { z } from "zod";
import { countTokens } from "../openai/token-usage.ts";

/** A call that Gemini would refuse. */
export class GeminiRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

/** The error body of a status; 429 says when to come back, as the true one does. */
export function geminiErrorBody(code: number, message = "The simulated model cannot answer now."): object {
  const details =
    code === 429 ? [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1s" }] : undefined;
  return { error: { code, message, status: STATUS_NAMES[code] ?? "UNKNOWN", ...(details ? { details } : {}) } };
}

const AUDIO_TYPES = ["audio/wav", "audio/mp3", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"];
const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"];
/** Of the whole request, base64 included. */
const MAX_INLINE_BYTES = 20 * 1024 * 1024;

const requestSchema = z.object({
  contents: z
    .array(
      z.object({
        parts: z.array(
          z.object({
            text: z.string().optional(),
            inlineData: z.object({ mimeType: z.string(), data: z.string() }).optional(),
          }),
        ),
      }),
    )
    .min(1),
});

/** What a request for a description holds. */
export interface MediaRequest {
  prompt: string;
  mimeType: string;
  bytes: Buffer;
}

/** Reads the body of `generateContent`: a prompt and one inline file of a type that the model takes. */
export function fromGeminiRequest(body: unknown): MediaRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw new GeminiRefusal(400, "Request contains an invalid argument.");
  const parts = parsed.data.contents.flatMap((content) => content.parts);
  const media = parts.find((part) => part.inlineData)?.inlineData;
  if (!media) throw new GeminiRefusal(400, "The simulated model only describes inline audio and images.");
  if (!AUDIO_TYPES.includes(media.mimeType) && !IMAGE_TYPES.includes(media.mimeType)) {
    throw new GeminiRefusal(400, `Unsupported MIME type: ${media.mimeType}`);
  }
  if (media.data.length > MAX_INLINE_BYTES) throw new GeminiRefusal(400, "Request payload size exceeds the limit.");
  const prompt = parts.map(({ text = "" }) => text).join("\n");
  return { prompt, mimeType: media.mimeType, bytes: Buffer.from(media.data, "base64") };
}

/** How an answer ends. */
export type GeminiEnd = "text" | "blocked" | "safety" | "empty";

/** The body of the answer. */
export function toGeminiReply(model: string, request: MediaRequest, text: string, end: GeminiEnd): object {
  // An image counts 258 tokens, a second of audio 32; 2 kB is about a second of a voice note.
  const mediaTokens = request.mimeType.startsWith("audio/") ? Math.ceil(request.bytes.length / 2048) * 32 : 258;
  const promptTokenCount = countTokens(request.prompt) + mediaTokens;
  const candidatesTokenCount = end === "text" ? countTokens(text) : 0;
  const usageMetadata = {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + candidatesTokenCount,
  };
  const base = { usageMetadata, modelVersion: model, responseId: "skytide-simulator" };
  if (end === "blocked") return { promptFeedback: { blockReason: "SAFETY" }, ...base };
  const content = { role: "model", ...(end === "text" ? { parts: [{ text }] } : {}) };
  const finishReason = end === "safety" ? "SAFETY" : end === "empty" ? "OTHER" : "STOP";
  return { candidates: [{ content, finishReason, index: 0 }], ...base };
}
