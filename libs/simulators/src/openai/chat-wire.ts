import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ModelAnswer } from "./answer-request.ts";
import { jsonSchemaSchema } from "./json-schema.ts";
import { type ModelRequest, readDialogue } from "./model-request.ts";
import { parseRequest } from "./parse-request.ts";
import type { TokenUsage } from "./token-usage.ts";
import { assertStrict, functionSchema, narrow, toOfferedTool } from "./tool-definitions.ts";

const named = z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) });
const requestSchema = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({
        role: z.enum(["system", "developer", "user", "assistant", "tool"]),
        content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }))]).nullish(),
      }),
    )
    .min(1),
  tools: z.array(z.object({ type: z.literal("function"), function: functionSchema })).nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      named,
      z.object({
        type: z.literal("allowed_tools"),
        allowed_tools: z.object({ mode: z.enum(["auto", "required"]), tools: z.array(named) }),
      }),
    ])
    .nullish(),
  response_format: z
    .object({
      type: z.string(),
      json_schema: z.object({ schema: jsonSchemaSchema.optional(), strict: z.boolean().nullish() }).optional(),
    })
    .nullish(),
  stream: z.literal(false, "the simulator does not stream").nullish(),
});
type ChatRequest = z.infer<typeof requestSchema>;

/** Reads the body of `POST /v1/chat/completions`. */
export function fromChatRequest(body: unknown): { request: ModelRequest; raw: ChatRequest } {
  const raw = parseRequest(requestSchema, body);
  const messages = raw.messages.map(({ role, content }) => ({
    role,
    text: typeof content === "string" ? content : (content ?? []).map(({ text = "" }) => text).join("\n"),
  }));
  const all = (raw.tools ?? []).map((tool) => toOfferedTool(tool.function));
  const format = raw.response_format?.json_schema;
  if (format?.strict && format.schema) assertStrict(format.schema, "response_format");
  const first = messages[0]?.role === "system" ? messages[0].text : "";
  const request: ModelRequest = {
    model: raw.model,
    prefix: `${first}${JSON.stringify(raw.tools ?? [])}`,
    allText: `${JSON.stringify(raw.tools ?? [])}${messages.map(({ text }) => text).join("\n")}`,
    ...readDialogue(messages, ""),
    ...choiceOf(raw, all),
    ...(format?.schema ? { jsonSchema: format.schema } : {}),
  };
  return { request, raw };
}

function choiceOf(raw: ChatRequest, all: ModelRequest["tools"]): Pick<ModelRequest, "tools" | "mustCall"> {
  const choice = raw.tool_choice ?? "auto";
  if (choice === "none") return { tools: [], mustCall: false };
  if (typeof choice === "string") return { tools: all, mustCall: choice === "required" };
  if (choice.type === "function") return { tools: narrow(all, [choice.function.name]), mustCall: true };
  const { mode, tools } = choice.allowed_tools;
  return {
    tools: narrow(
      all,
      tools.map((tool) => tool.function.name),
    ),
    mustCall: mode === "required",
  };
}

/** The body of the answer: a chat completion with every field that its description requires. */
export function toChatReply(raw: ChatRequest, answer: ModelAnswer, usage: TokenUsage): object {
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: raw.model,
    choices: [{ index: 0, message: messageOf(answer), logprobs: null, finish_reason: finishReasonOf(answer) }],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: "default",
    system_fingerprint: "fp_skytide_simulator",
  };
}

function messageOf(answer: ModelAnswer): object {
  const base = { role: "assistant", content: null, refusal: null, annotations: [] };
  switch (answer.kind) {
    case "calls": {
      const calls = answer.calls.map(({ name, argumentsJson }) => ({
        id: `call_${randomUUID().replaceAll("-", "")}`,
        type: "function",
        function: { name, arguments: argumentsJson },
      }));
      return { ...base, tool_calls: calls };
    }
    case "refusal":
      return { ...base, refusal: answer.text };
    case "empty":
      return { ...base, content: "" };
    default:
      return { ...base, content: answer.text };
  }
}

function finishReasonOf({ kind }: ModelAnswer): string {
  if (kind === "incomplete") return "length";
  return kind === "calls" ? "tool_calls" : "stop";
}
