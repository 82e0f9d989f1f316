import { z } from "zod";
import type { Answer } from "./answer.ts";
import { readReply } from "./wire.ts";

const replySchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(z.object({ function: z.object({ name: z.string(), arguments: z.string().nullish() }).nullish() }))
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
      completion_tokens: z.number().nullish(),
    })
    .nullish(),
});

/** Reads the reply of `POST /v1/chat/completions`. */
export function fromChatReply(reply: unknown): Answer {
  const { choices, usage } = readReply(replySchema, reply);
  const tokens = {
    inputTokens: usage?.prompt_tokens ?? 0,
    cachedInputTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  };
  const [choice] = choices;
  const { message } = choice ?? {};
  if (message?.refusal || choice?.finish_reason === "content_filter") return { kind: "refused", tokens };
  if (choice?.finish_reason === "length") return { kind: "incomplete", tokens };
  const calls = (message?.tool_calls ?? []).map((call) => ({
    name: call.function?.name ?? "",
    argumentsJson: call.function?.arguments ?? "",
  }));
  if (calls.length > 0) return { kind: "calls", calls, tokens };
  return { kind: "text", text: message?.content ?? "", tokens };
}
