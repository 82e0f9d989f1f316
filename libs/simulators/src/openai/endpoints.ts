import { type Counts, createCounts } from "../counts.ts";
import type { OpenAiFault } from "../fault-schemas.ts";
import { type AnswerFault, answerRequest, type ModelAnswer } from "./answer-request.ts";
import { fromChatRequest, toChatReply } from "./chat-wire.ts";
import { answerEmbeddings } from "./embeddings.ts";
import type { ModelRequest } from "./model-request.ts";
import { OpenAiRefusal } from "./openai-error.ts";
import { fromResponsesRequest, toResponsesReply } from "./responses-wire.ts";
import { countTokens, createPromptCache, type TokenUsage } from "./token-usage.ts";

export type Path = NonNullable<OpenAiFault["path"]>;

/** The endpoints as functions from a request's body to the answer's; a refusal is thrown. */
export interface Endpoints {
  answer: Record<Path, (body: unknown, fault: AnswerFault | undefined) => object>;
  /** How often each tool was chosen. */
  tools: Counts;
  clear(): void;
}

/** Creates the endpoints with one prompt cache and one count of tools. */
export function createEndpoints(): Endpoints {
  const tools = createCounts();
  const cache = createPromptCache();

  const think = (request: ModelRequest, fault: AnswerFault | undefined) => {
    const answer = answerRequest(request, fault);
    for (const call of answer.kind === "calls" ? answer.calls : []) tools.add(call.name);
    const usage: TokenUsage = {
      input: countTokens(request.allText),
      cached: cache.cachedTokens(request.prefix),
      output: countTokens(saidIn(answer)),
    };
    return { answer, usage };
  };

  return {
    answer: {
      responses: (body, fault) => {
        const { request, raw } = fromResponsesRequest(body);
        const { answer, usage } = think(request, fault);
        return toResponsesReply(raw, answer, usage);
      },
      chat: (body, fault) => {
        const { request, raw } = fromChatRequest(body);
        const { answer, usage } = think(request, fault);
        return toChatReply(raw, answer, usage);
      },
      embeddings: (body, fault) => {
        if (fault === "quota") throw OpenAiRefusal.quota();
        return answerEmbeddings(body);
      },
    },
    tools,
    clear: () => {
      tools.clear();
      cache.clear();
    },
  };
}

function saidIn(answer: ModelAnswer): string {
  if (answer.kind === "calls") return JSON.stringify(answer.calls);
  return answer.kind === "empty" ? "" : answer.text;
}
