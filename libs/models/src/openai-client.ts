import OpenAI from "openai";
import { isPolicyRefusal, toOpenAiError } from "./openai-error.ts";
import type { ProviderOptions } from "./provider-options.ts";

const BASE_URL = "https://api.openai.com/v1";

export type OpenAiReply = { kind: "reply"; body: unknown } | { kind: "refused" };

/**
 * Posts to OpenAI or a server that speaks like it; the reply comes as it is, for a schema of ours to read. The library's own
 * retries are off (`provider-call.ts` does them, also for a cut body, which the library would not repeat), and so is its log.
 */
export function createOpenAiClient(options: ProviderOptions) {
  const client = new OpenAI({
    apiKey: options.apiKey,
    // Everything the library would otherwise take from the environment.
    baseURL: options.baseUrl ?? BASE_URL,
    organization: null,
    project: null,
    logLevel: "off",
    maxRetries: 0,
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });

  return {
    async post(path: string, body: object, signal: AbortSignal): Promise<OpenAiReply> {
      try {
        return { kind: "reply", body: await client.post<unknown>(path, { body, signal }) };
      } catch (error) {
        if (isPolicyRefusal(error)) return { kind: "refused" };
        throw toOpenAiError(error);
      }
    },
  };
}
