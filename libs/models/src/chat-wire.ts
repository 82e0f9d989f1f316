import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { fromChatReply } from "./chat-reply.ts";
import { toWireMessages } from "./dialogue.ts";
import type { ChooseRequest, WriteRequest } from "./language-model.ts";
import { strictSchemaOf } from "./strict-schema.ts";
import { MAX_TOKENS, offeredTools, type WireFormat } from "./wire.ts";

/**
 * `POST /v1/chat/completions` for servers that speak like OpenAI (vLLM and its kind). They know no `allowed_tools`, so only
 * the offered tools are sent; and some refuse fields they don't know, so none is sent that is not needed.
 */
export const chatWire: WireFormat = {
  path: "/chat/completions",
  toChooseBody(model, request) {
    return {
      ...commonBody(model, request),
      tools: offeredTools(request).map((tool) => ({
        type: "function",
        function: {
          name: tool.name,
          description: tool.description,
          parameters: strictSchemaOf(tool),
          strict: true,
        },
      })),
      tool_choice: "required",
      parallel_tool_calls: false,
    } satisfies ChatCompletionCreateParamsNonStreaming;
  },
  toWriteBody: commonBody,
  fromChooseReply: fromChatReply,
  fromWriteReply: fromChatReply,
};

function commonBody(model: string, request: ChooseRequest | WriteRequest): ChatCompletionCreateParamsNonStreaming {
  return {
    model,
    messages: [
      { role: "system", content: request.system },
      ...toWireMessages(request.history),
      { role: "system", content: request.context },
    ],
    max_completion_tokens: request.maxTokens ?? MAX_TOKENS,
  };
}
