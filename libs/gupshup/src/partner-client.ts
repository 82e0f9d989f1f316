import { RetryableError } from "@skytide/errors";
import { type DependencyOutcome, outcomeOfStatus, type RequestObserver } from "@skytide/telemetry";
import { z } from "zod";
import { readBody } from "./read-body.ts";

export interface PartnerClientOptions {
  /** Default `https://partner.gupshup.io`. */
  baseUrl?: string | undefined;
  /** The partner's token (`GUPSHUP_PARTNER_TOKEN`); it gets each app's own. */
  token: string;
  fetch?: typeof fetch | undefined;
  /** Told how each call ended. */
  onRequest?: RequestObserver | undefined;
}

/** What only partners may do. Each call throws RetryableError when it did not work: nothing here is worth more. */
export interface PartnerClient {
  /** Shows "typing…" until the answer comes, 25 s at most; marks the message and all before it as read. */
  showTyping(request: { appId: string; providerMessageId: string; signal: AbortSignal }): Promise<void>;
}

const tokenSchema = z.object({ token: z.object({ token: z.string().min(1) }) });

/** Talks to Gupshup's partner API; keeps each app's token until it is refused. */
export function createPartnerClient({
  baseUrl = "https://partner.gupshup.io",
  token,
  fetch: doFetch = fetch,
  onRequest,
}: PartnerClientOptions): PartnerClient {
  const root = new URL(baseUrl).href.replace(/\/+$/, "");
  const appTokens = new Map<string, string>();

  async function call(path: string, init: RequestInit): Promise<{ status: number; body: string }> {
    const started = performance.now();
    const told = (outcome: DependencyOutcome) => onRequest?.(outcome, performance.now() - started);
    try {
      // The token must not follow to another host.
      const response = await doFetch(root + path, { ...init, redirect: "manual" });
      const body = await readBody(response);
      told(outcomeOfStatus(response.status));
      return { status: response.status, body };
    } catch (cause) {
      told(cause instanceof DOMException && cause.name === "TimeoutError" ? "timeout" : "network");
      throw new RetryableError("gupshup-partner-unreachable", "Gupshup's partner API cannot be reached", { cause });
    }
  }

  async function appTokenOf(appId: string, signal: AbortSignal): Promise<string> {
    const known = appTokens.get(appId);
    if (known !== undefined) return known;
    const path = `/partner/app/${encodeURIComponent(appId)}/token`;
    const { status, body } = await call(path, { headers: { authorization: token }, signal });
    const parsed = status === 200 ? parseToken(body) : undefined;
    if (parsed === undefined) throw refused(status);
    appTokens.set(appId, parsed);
    return parsed;
  }

  return {
    async showTyping({ appId, providerMessageId, signal }) {
      const authorization = await appTokenOf(appId, signal);
      const { status } = await call(`/partner/app/${encodeURIComponent(appId)}/v1/event`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(toTypingEvent(providerMessageId)),
        signal,
      });
      if (status === 401 || status === 403) appTokens.delete(appId);
      if (status < 200 || status > 299) throw refused(status);
    },
  };
}

function toTypingEvent(messageId: string) {
  const message = { messaging_product: "whatsapp", status: "read", message_id: messageId };
  return { type: "message-event", message: { ...message, typing_indicator: { type: "text" } } };
}

function parseToken(body: string): string | undefined {
  try {
    return tokenSchema.safeParse(JSON.parse(body)).data?.token.token;
  } catch {
    return undefined;
  }
}

function refused(status: number): RetryableError {
  return new RetryableError("gupshup-partner-refused", `Gupshup's partner API answered ${status}`);
}
