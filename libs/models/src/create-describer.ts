import { type GenerateContentResult, GoogleGenerativeAI } from "@google/generative-ai";
import { PermanentError, RetryableError } from "@skytide/errors";
import { z } from "zod";
import { describePrompt, NOTHING_HEARD } from "./describe-prompts.ts";
import type { DescribeRequest, Describer, Description } from "./describer.ts";
import { toGeminiError } from "./gemini-error.ts";
import { createProviderCall } from "./provider-call.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { NO_TOKENS, type TokenCounts, toUsage } from "./usage.ts";

// A voice note of ten minutes has about 1,500 words; thinking models spend from the same budget.
const MAX_TOKENS = 8_192;
// The API takes at most 20 MB per request, media as base64 (4/3 of its size) included.
const MAX_BYTES = 14 * 1024 * 1024;

const BLOCKED = new Set([
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
]);
// Names that Gemini refuses, and the ones that it takes for the same.
const AUDIO_TYPES: Record<string, string> = {
  "application/ogg": "audio/ogg",
  "audio/opus": "audio/ogg",
  "audio/mpeg": "audio/mp3",
  "audio/x-m4a": "audio/m4a",
  "audio/x-wav": "audio/wav",
};

// Not the library's `text()`: it throws for some ends and says nothing about others.
const replySchema = z.object({
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  candidates: z
    .array(
      z.object({
        finishReason: z.string().nullish(),
        content: z
          .object({
            parts: z.array(z.object({ text: z.string().nullish(), thought: z.boolean().nullish() })).nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: z.number().nullish(),
      cachedContentTokenCount: z.number().nullish(),
      candidatesTokenCount: z.number().nullish(),
      thoughtsTokenCount: z.number().nullish(),
    })
    .nullish(),
});
type Reply = z.infer<typeof replySchema>;

/** The describer behind the Gemini API; `language` (an English name) is the one that pictures are described in. */
export function createDescriber(options: ProviderOptions & { language?: string }): Describer {
  const client = new GoogleGenerativeAI(options.apiKey);
  const model = client.getGenerativeModel(
    { model: options.model, generationConfig: { maxOutputTokens: MAX_TOKENS } },
    options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl },
  );
  const call = createProviderCall({ name: "gemini", options });

  return {
    async describe(request) {
      if (request.bytes.byteLength > MAX_BYTES)
        throw new PermanentError("gemini-too-large", "the media is larger than Gemini takes in one request");
      const parts = toParts(request, options.language ?? "Spanish");
      const operation = request.kind === "audio" ? "transcribe" : "describe";
      return await call({ operation, signal: request.signal }, async (signal) => {
        // The library ignores a signal that is aborted already.
        signal.throwIfAborted();
        const result = await model
          .generateContent(parts, { signal })
          .catch((thrown: unknown): GenerateContentResult => {
            throw toGeminiError(thrown);
          });
        const reply = replySchema.safeParse(result.response);
        if (!reply.success) throw new RetryableError("gemini-broken-reply", "Gemini's answer has an unknown shape");
        return toDescription(reply.data, (tokens) => toUsage(options.model, tokens, options.prices));
      });
    },
  };
}

function toParts(request: DescribeRequest, language: string) {
  const data = Buffer.from(request.bytes.buffer, request.bytes.byteOffset, request.bytes.byteLength).toString("base64");
  return [
    { text: describePrompt(request.kind, language) },
    { inlineData: { mimeType: cleanMimeType(request.mimeType), data } },
  ];
}

/** Without parameters (`; codecs=opus` is refused) and under the name that Gemini knows. */
function cleanMimeType(mimeType: string): string {
  const bare = (mimeType.split(";")[0] ?? "").trim().toLowerCase();
  return AUDIO_TYPES[bare] ?? bare;
}

function toDescription(reply: Reply, usageOf: (tokens: TokenCounts) => Description["usage"]): Description {
  const usage = usageOf(toTokens(reply));
  if (reply.promptFeedback?.blockReason) return { kind: "blocked", usage };
  const [candidate] = reply.candidates ?? [];
  const finishReason = candidate?.finishReason ?? "";
  if (BLOCKED.has(finishReason)) return { kind: "blocked", usage };
  const parts = candidate?.content?.parts ?? [];
  const text = parts
    .flatMap((part) => (part.text && !part.thought ? [part.text] : []))
    .join("")
    .trim();
  if (text === "" || text === NOTHING_HEARD) return { kind: "empty", usage };
  return { kind: "text", text, truncated: finishReason === "MAX_TOKENS", usage };
}

function toTokens(reply: Reply): TokenCounts {
  const counts = reply.usageMetadata;
  if (!counts) return NO_TOKENS;
  return {
    inputTokens: counts.promptTokenCount ?? 0,
    cachedInputTokens: counts.cachedContentTokenCount ?? 0,
    outputTokens: (counts.candidatesTokenCount ?? 0) + (counts.thoughtsTokenCount ?? 0),
  };
}
