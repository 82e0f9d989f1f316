import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { z } from "zod";
import type { Answer } from "./answer.ts";
import { fromChatReply } from "./chat-reply.ts";
import { toWireMessages } from "./dialogue.ts";
import type { ChooseRequest, WriteRequest } from "./language-model.ts";
import { parseJson } from "./parse-json.ts";
import { type JsonSchema, strictSchemaOf } from "./strict-schema.ts";
import type { TokenCounts } from "./usage.ts";
import { MAX_TOKENS, offeredTools, type WireFormat } from "./wire.ts";

const decisionSchema = z.object({ action: z.object({ tool: z.string(), arguments: z.unknown() }) });

/**
 * `POST /v1/chat/completions` with a JSON Schema instead of tools, for servers that ignore `tool_choice` (Ollama). One system
 * message, since their prompt templates often know no second; the tools stand in it, since the schema only binds the sampling.
 */
export const jsonWire: WireFormat = {
  path: "/chat/completions",
  toChooseBody(model, request) {
    const tools = offeredTools(request).map((tool) => ({ tool, schema: strictSchemaOf(tool) }));
    const list = tools.map(
      ({ tool, schema }) => `- ${tool.name}: ${tool.description} Arguments: ${JSON.stringify(schema)}`,
    );
    const system = [
      request.system,
      'Answer with one JSON object {"action":{"tool":"<name>","arguments":{…}}} that names one of these tools:',
      ...list,
    ].join("\n");
    return {
      ...commonBody(model, { ...request, system }),
      response_format: {
        type: "json_schema",
        json_schema: { name: "decision", strict: true, schema: toDecisionSchema(tools) },
      },
    } satisfies ChatCompletionCreateParamsNonStreaming;
  },
  toWriteBody: commonBody,
  fromChooseReply(reply) {
    const answer = fromChatReply(reply);
    return answer.kind === "text" ? fromDecisionText(answer.text, answer.tokens) : answer;
  },
  fromWriteReply: fromChatReply,
};

function commonBody(model: string, request: ChooseRequest | WriteRequest): ChatCompletionCreateParamsNonStreaming {
  return {
    model,
    messages: [
      { role: "system", content: `${request.system}\n\n${request.context}` },
      ...toWireMessages(request.history),
    ],
    max_completion_tokens: request.maxTokens ?? MAX_TOKENS,
  };
}

/** The root must be an object, so the union stands one level down. */
function toDecisionSchema(tools: { tool: { name: string }; schema: JsonSchema }[]): JsonSchema {
  const branches = tools.map(({ tool, schema }) =>
    closedObject({ tool: { type: "string", enum: [tool.name] }, arguments: schema }),
  );
  return closedObject({ action: { anyOf: branches } });
}

function closedObject(properties: JsonSchema): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function fromDecisionText(text: string, tokens: TokenCounts): Answer {
  const decision = decisionSchema.safeParse(parseJson(text));
  if (!decision.success) return { kind: "calls", calls: [], tokens };
  const { tool, arguments: value } = decision.data.action;
  return { kind: "calls", calls: [{ name: tool, argumentsJson: JSON.stringify(value) ?? "" }], tokens };
}
