import { createHash } from "node:crypto";
import { z } from "zod";
import { OpenAiRefusal } from "./openai-error.ts";
import { parseRequest } from "./parse-request.ts";
import { toTokens } from "./spanish/tokens.ts";
import { countTokens } from "./token-usage.ts";

const DIMENSIONS = 1536;
const MAX_INPUTS = 2048;
const MAX_TOKENS = 8192;
/** Each word is spread over a few places, so that two words rarely meet in all of them. */
const PLACES_PER_WORD = 4;

const requestSchema = z.object({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string())]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().min(1).max(3072).nullish(),
});

/** A bag of hashed words, normalised: texts that share words (or words of one meaning) are near. */
function embed(text: string, dimensions = DIMENSIONS): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const tokens = toTokens(text);
  for (const token of tokens.length > 0 ? tokens : [text]) {
    const digest = createHash("sha256").update(token).digest();
    for (let place = 0; place < PLACES_PER_WORD; place += 1) {
      const index = digest.readUInt32BE(place * 4) % dimensions;
      const sign = (digest.at(16 + place) ?? 0) % 2 === 0 ? 1 : -1;
      vector[index] = (vector[index] ?? 0) + sign;
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** Answers `POST /v1/embeddings`. */
export function answerEmbeddings(body: unknown): object {
  const { model, input, encoding_format, dimensions } = parseRequest(requestSchema, body);
  const texts = [input].flat();
  if (texts.length === 0 || texts.length > MAX_INPUTS || texts.some((text) => text === "")) {
    throw new OpenAiRefusal("'$.input' is invalid.", { param: "input" });
  }
  if (texts.some((text) => countTokens(text) > MAX_TOKENS)) {
    throw new OpenAiRefusal(`This model's maximum context length is ${MAX_TOKENS} tokens.`, { param: "input" });
  }
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    object: "list",
    data: texts.map((text, index) => ({
      object: "embedding",
      index,
      // Without a format the true API answers floats; the official client asks for base64 by itself.
      embedding: encode(embed(text, dimensions ?? DIMENSIONS), encoding_format ?? "float"),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function encode(vector: number[], format: "float" | "base64"): number[] | string {
  return format === "float" ? vector : Buffer.from(new Float32Array(vector).buffer).toString("base64");
}
