import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ModelAnswer } from "./answer-request.ts";
import { jsonSchemaSchema } from "./json-schema.ts";
import { type ModelRequest, readDialogue, type WireMessage } from "./model-request.ts";
import { parseRequest } from "./parse-request.ts";
import type { TokenUsage } from "./token-usage.ts";
import { functionSchema, narrow, toOfferedTool } from "./tool-definitions.ts";

const partSchema = z.object({ text: z.string().optional() });
const inputSchema = z.array(
  z.object({ role: z.string().optional(), content: z.union([z.string(), z.array(partSchema)]).optional() }),
);
const named = z.object({ type: z.literal("function"), name: z.string() });
const requestSchema = z.object({
  model: z.string(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), inputSchema]),
  tools: z.array(functionSchema.extend({ type: z.literal("function") })).nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      named,
      z.object({ type: z.literal("allowed_tools"), mode: z.enum(["auto", "required"]), tools: z.array(named) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.number().int().min(16, "Expected a value >= 16").nullish(),
  store: z.boolean().nullish(),
  stream: z.literal(false, "the simulator does not stream").nullish(),
  text: z.object({ format: z.object({ type: z.string(), schema: jsonSchemaSchema.optional() }).optional() }).nullish(),
});
type ResponsesRequest = z.infer<typeof requestSchema>;

/** Reads the body of `POST /v1/responses`. */
export function fromResponsesRequest(body: unknown): { request: ModelRequest; raw: ResponsesRequest } {
  const raw = parseRequest(requestSchema, body);
  const instructions = raw.instructions ?? "";
  const messages: WireMessage[] =
    typeof raw.input === "string"
      ? [{ role: "user", text: raw.input }]
      : raw.input.map(({ role = "", content = "" }) => ({
          role,
          text: typeof content === "string" ? content : content.map(({ text = "" }) => text).join("\n"),
        }));
  const all = (raw.tools ?? []).map(toOfferedTool);
  const format = raw.text?.format;
  const request: ModelRequest = {
    model: raw.model,
    prefix: `${instructions}${JSON.stringify(raw.tools ?? [])}`,
    allText: `${instructions}${JSON.stringify(raw.tools ?? [])}${messages.map(({ text }) => text).join("\n")}`,
    ...readDialogue(messages, instructions),
    ...choiceOf(raw, all),
    ...(format?.type === "json_schema" && format.schema ? { jsonSchema: format.schema } : {}),
  };
  return { request, raw };
}

function choiceOf(raw: ResponsesRequest, all: ModelRequest["tools"]): Pick<ModelRequest, "tools" | "mustCall"> {
  const choice = raw.tool_choice ?? "auto";
  if (choice === "none") return { tools: [], mustCall: false };
  if (typeof choice === "string") return { tools: all, mustCall: choice === "required" };
  if (choice.type === "function") return { tools: narrow(all, [choice.name]), mustCall: true };
  return {
    tools: narrow(
      all,
      choice.tools.map(({ name }) => name),
    ),
    mustCall: choice.mode === "required",
  };
}

const id = (prefix: string) => `${prefix}_${randomUUID().replaceAll("-", "")}`;

/** The body of the answer: an object of the Responses API with every field that its description requires. */
export function toResponsesReply(raw: ResponsesRequest, answer: ModelAnswer, usage: TokenUsage): object {
  const isIncomplete = answer.kind === "incomplete";
  return {
    id: id("resp"),
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: isIncomplete ? "incomplete" : "completed",
    background: false,
    error: null,
    incomplete_details: isIncomplete ? { reason: "max_output_tokens" } : null,
    instructions: raw.instructions ?? null,
    max_output_tokens: raw.max_output_tokens ?? null,
    metadata: { simulator: "skytide" },
    model: raw.model,
    output: outputOf(answer),
    parallel_tool_calls: raw.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: raw.store ?? true,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: raw.tool_choice ?? "auto",
    tools: raw.tools ?? [],
    top_p: 1,
    truncation: "disabled",
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.input + usage.output,
    },
  };
}

function outputOf(answer: ModelAnswer): object[] {
  if (answer.kind === "calls") {
    return answer.calls.map(({ name, argumentsJson }) => ({
      id: id("fc"),
      type: "function_call",
      status: "completed",
      call_id: id("call"),
      name,
      arguments: argumentsJson,
    }));
  }
  if (answer.kind === "empty") return [];
  const part =
    answer.kind === "refusal"
      ? { type: "refusal", refusal: answer.text }
      : { type: "output_text", text: answer.text, annotations: [], logprobs: [] };
  const status = answer.kind === "incomplete" ? "incomplete" : "completed";
  return [{ id: id("msg"), type: "message", status, role: "assistant", content: [part] }];
}
