import { RetryableError } from "@skytide/errors";
import type { ResponseCreateParamsNonStreaming } from "openai/resources/responses/responses";
import { z } from "zod";
import type { Answer } from "./answer.ts";
import { toWireMessages } from "./dialogue.ts";
import type { ChooseRequest, WriteRequest } from "./language-model.ts";
import { strictSchemaOf } from "./strict-schema.ts";
import { MAX_TOKENS, offeredTools, readReply, type WireFormat } from "./wire.ts";

const replySchema = z.object({
  status: z.string().nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  output: z.array(
    z.object({
      type: z.string(),
      name: z.string().nullish(),
      arguments: z.string().nullish(),
      content: z
        .array(z.object({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() }))
        .nullish(),
    }),
  ),
  usage: z
    .object({
      input_tokens: z.number(),
      input_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
      output_tokens: z.number(),
    })
    .nullish(),
});

/** `POST /v1/responses`, OpenAI's own form. The tool list is always the same, so that its prefix is cached; `allowed_tools` narrows it. */
export const responsesWire: WireFormat = {
  path: "/responses",
  toChooseBody(model, request) {
    return {
      ...commonBody(model, request),
      tools: request.tools.map((tool) => ({
        type: "function",
        name: tool.name,
        description: tool.description,
        parameters: strictSchemaOf(tool),
        strict: true,
      })),
      tool_choice: {
        type: "allowed_tools",
        mode: "required",
        tools: offeredTools(request).map(({ name }) => ({ type: "function", name })),
      },
      parallel_tool_calls: false,
    } satisfies ResponseCreateParamsNonStreaming;
  },
  toWriteBody: commonBody,
  fromChooseReply: fromReply,
  fromWriteReply: fromReply,
};

function commonBody(model: string, request: ChooseRequest | WriteRequest): ResponseCreateParamsNonStreaming {
  return {
    model,
    instructions: request.system,
    input: [...toWireMessages(request.history), { role: "developer", content: request.context }],
    max_output_tokens: request.maxTokens ?? MAX_TOKENS,
    store: false,
    ...(request.cacheKey === undefined ? {} : { prompt_cache_key: request.cacheKey }),
    ...(request.safetyId === undefined ? {} : { safety_identifier: request.safetyId }),
  };
}

function fromReply(reply: unknown): Answer {
  const { status, incomplete_details, output, usage } = readReply(replySchema, reply);
  const tokens = {
    inputTokens: usage?.input_tokens ?? 0,
    cachedInputTokens: usage?.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  };
  const parts = output.flatMap(({ content }) => content ?? []);
  if (incomplete_details?.reason === "content_filter") return { kind: "refused", tokens };
  if (parts.some(({ type }) => type === "refusal")) return { kind: "refused", tokens };
  if (status === "incomplete") return { kind: "incomplete", tokens };
  if (status && status !== "completed")
    throw new RetryableError("openai-unavailable", `OpenAI ended the response as ${status}`);
  const calls = output
    .filter(({ type }) => type === "function_call")
    .map((item) => ({ name: item.name ?? "", argumentsJson: item.arguments ?? "" }));
  if (calls.length > 0) return { kind: "calls", calls, tokens };
  const texts = parts.flatMap((part) => (part.type === "output_text" && part.text ? [part.text] : []));
  return { kind: "text", text: texts.join(""), tokens };
}
