import { RetryableError, TenantConfigError } from "@skytide/errors";
import { type DependencyOutcome, outcomeOfStatus, type RequestObserver } from "@skytide/telemetry";
import { z } from "zod";
import { isNeverSent, toGupshupError } from "./gupshup-error.ts";
import type { GupshupClient, SendMessageRequest, SendResult, SendTemplateRequest } from "./gupshup-requests.ts";
import { readBody } from "./read-body.ts";
import { flattenTemplateParameter } from "./template-parameter.ts";
import { toGupshupMessage } from "./to-gupshup-message.ts";

export interface GupshupClientOptions {
  /** Default `https://api.gupshup.io`. */
  baseUrl?: string | undefined;
  fetch?: typeof fetch | undefined;
  /** Until the answer is read whole; default 10 s. */
  timeoutMs?: number | undefined;
  /** Told how each call ended. */
  onRequest?: RequestObserver | undefined;
}

const acceptedSchema = z.object({ messageId: z.string().min(1) });

interface Call {
  method: "POST" | "PUT";
  path: string;
  organizationId: string;
  apiKey: string;
  form?: Record<string, string>;
  signal: AbortSignal | undefined;
}

type Answer =
  | { kind: "answer"; status: number; body: string; retryAfter: string | null }
  | { kind: "uncertain"; reason: "timeout" | "connection-lost" };

/** Talks to Gupshup's send API; the verdict on each answer is given here. */
export function createGupshupClient(options: GupshupClientOptions = {}): GupshupClient {
  const call = createCall(options);

  async function send(path: string, request: SendMessageRequest | SendTemplateRequest, fields: Record<string, string>) {
    const form = {
      channel: "whatsapp",
      source: request.source,
      destination: request.destination,
      "src.name": request.appName,
      ...fields,
    };
    const { organizationId, apiKey, signal } = request;
    return toSendResult(await call({ method: "POST", path, organizationId, apiKey, form, signal }), organizationId);
  }

  return {
    sendMessage(request) {
      return send("/wa/api/v1/msg", request, toGupshupMessage(request.message, request.reference));
    },
    sendTemplate(request) {
      const params = request.parameters.map((parameter) => flattenTemplateParameter(parameter));
      return send("/wa/api/v1/template/msg", request, {
        template: JSON.stringify({ id: request.templateId, params }),
        ...(request.postbackTexts === undefined ? {} : { postbackTexts: JSON.stringify(request.postbackTexts) }),
      });
    },
    async markRead({ organizationId, apiKey, appId, providerMessageId, signal }) {
      const path = `/wa/app/${encodeURIComponent(appId)}/msg/${encodeURIComponent(providerMessageId)}/read`;
      const answer = await call({ method: "PUT", path, organizationId, apiKey, signal });
      if (answer.kind === "uncertain") throw new RetryableError("gupshup-no-answer", "Gupshup did not answer");
      if (answer.status < 200 || answer.status > 299) throw toGupshupError(answer, organizationId);
    },
  };
}

/** Success is 2xx with a message id; 2xx without one may have been accepted all the same. */
function toSendResult(answer: Answer, organizationId: string): SendResult {
  if (answer.kind === "uncertain") return answer;
  if (answer.status < 200 || answer.status > 299) throw toGupshupError(answer, organizationId);
  const accepted = readAccepted(answer.body);
  return accepted === undefined
    ? { kind: "uncertain", reason: "no-message-id" }
    : { kind: "accepted", providerMessageId: accepted };
}

function readAccepted(body: string): string | undefined {
  try {
    return acceptedSchema.safeParse(JSON.parse(body)).data?.messageId;
  } catch {
    return undefined;
  }
}

function createCall({
  baseUrl = "https://api.gupshup.io",
  fetch: doFetch = fetch,
  timeoutMs = 10_000,
  onRequest,
}: GupshupClientOptions) {
  const root = new URL(baseUrl).href.replace(/\/+$/, "");
  return async ({ method, path, organizationId, apiKey, form, signal }: Call): Promise<Answer> => {
    const headers = toHeaders(apiKey, organizationId);
    if (signal?.aborted) throw new RetryableError("gupshup-not-called", "stopped before Gupshup was called");
    const timeout = AbortSignal.timeout(timeoutMs);
    const started = performance.now();
    const told = (outcome: DependencyOutcome) => onRequest?.(outcome, performance.now() - started);
    try {
      const response = await doFetch(root + path, {
        method,
        headers,
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
        // The key must not follow to another host.
        redirect: "manual",
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const retryAfter = response.headers.get("retry-after");
      const body = await readBody(response);
      told(outcomeOfStatus(response.status));
      return { kind: "answer", status: response.status, body, retryAfter };
    } catch (error) {
      if (!signal?.aborted) told(timeout.aborted ? "timeout" : "network");
      if (isNeverSent(error)) {
        throw new RetryableError("gupshup-unreachable", "Gupshup cannot be reached", { cause: error });
      }
      return { kind: "uncertain", reason: timeout.aborted ? "timeout" : "connection-lost" };
    }
  };
}

function toHeaders(apiKey: string, organizationId: string): Headers {
  try {
    return new Headers({ apikey: apiKey, accept: "application/json" });
  } catch {
    // No cause: it would quote the key.
    throw new TenantConfigError("gupshup-key-refused", "the API key has characters that no key has", {
      organizationId,
      setting: "gupshup_api_key",
    });
  }
}
