import { type Answer, toChoice, toWriting } from "./answer.ts";
import { chatWire } from "./chat-wire.ts";
import { jsonWire } from "./json-wire.ts";
import type { LanguageModel } from "./language-model.ts";
import { createOpenAiClient } from "./openai-client.ts";
import { createProviderCall } from "./provider-call.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { responsesWire } from "./responses-wire.ts";
import { NO_TOKENS, toUsage } from "./usage.ts";
import type { Wire, WireFormat } from "./wire.ts";

const FORMATS: Record<Wire, WireFormat> = { responses: responsesWire, chat: chatWire, json: jsonWire };

/** The language model behind an OpenAI API, in the wire form that the server understands. */
export function createLanguageModel(options: ProviderOptions & { wire: Wire }): LanguageModel {
  const format = FORMATS[options.wire];
  const client = createOpenAiClient(options);
  const call = createProviderCall({ name: "openai", options });

  async function ask(body: object, signal: AbortSignal, read: (reply: unknown) => Answer): Promise<Answer> {
    const reply = await client.post(format.path, body, signal);
    return reply.kind === "refused" ? { kind: "refused", tokens: NO_TOKENS } : read(reply.body);
  }

  return {
    async choose(request) {
      const { signal: caller, model = options.model } = request;
      const body = format.toChooseBody(model, request);
      return await call({ operation: "decide", model, signal: caller }, async (signal) => {
        const answer = await ask(body, signal, format.fromChooseReply);
        return toChoice(answer, request, toUsage(model, answer.tokens, options.prices));
      });
    },
    async write(request) {
      const { signal: caller, model = options.model } = request;
      const body = format.toWriteBody(model, request);
      return await call({ operation: "phrase", model, signal: caller }, async (signal) => {
        const answer = await ask(body, signal, format.fromWriteReply);
        return toWriting(answer, toUsage(model, answer.tokens, options.prices));
      });
    },
  };
}
