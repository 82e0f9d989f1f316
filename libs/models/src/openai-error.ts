import { PermanentError, RetryableError } from "@skytide/errors";
import { APIConnectionTimeoutError, APIError } from "openai";

// The key and the model belong to the fleet, not to an organization: an operator must act, and until then messages wait.
const OPERATOR_RETRY_MS = 30_000;
const MAX_RETRY_AFTER_MS = 300_000;
const POLICY_CODES = new Set([
  "invalid_prompt",
  "content_filter",
  "content_policy_violation",
  "cyber_policy_violation",
]);

/** True where the provider refuses to read what the customer wrote: an answer, not a failure. */
export function isPolicyRefusal(thrown: unknown): boolean {
  return thrown instanceof APIError && thrown.status === 400 && POLICY_CODES.has(String(thrown.code));
}

/**
 * The verdict on what the OpenAI client threw. The reply's own words are left out, cause included: providers quote the prompt
 * in their errors.
 */
export function toOpenAiError(thrown: unknown): Error {
  if (!(thrown instanceof APIError)) return brokenReply(thrown);
  const { status } = thrown;
  if (status === undefined) return unreachable(thrown);
  const facts = `(status ${status}${thrown.requestID ? `, request ${thrown.requestID}` : ""})`;
  if (status === 401 || status === 403)
    return new RetryableError("openai-unauthorized", `OpenAI refuses our key ${facts}`, {
      retryAfterMs: OPERATOR_RETRY_MS,
    });
  if (status === 404)
    return new RetryableError("openai-model-unknown", `OpenAI does not know the configured model or address ${facts}`, {
      retryAfterMs: OPERATOR_RETRY_MS,
    });
  if (status === 429 && thrown.code === "insufficient_quota")
    return new RetryableError("openai-quota", `the OpenAI account has no credit left ${facts}`, {
      retryAfterMs: OPERATOR_RETRY_MS,
    });
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const code = status === 429 ? "openai-rate-limited" : "openai-unavailable";
    const retryAfterMs = retryAfterOf(thrown.headers);
    return new RetryableError(
      code,
      `OpenAI could not answer now ${facts}`,
      retryAfterMs === null ? {} : { retryAfterMs },
    );
  }
  return new PermanentError("openai-bad-request", `OpenAI does not accept the request ${facts}`);
}

function unreachable(thrown: Error): RetryableError {
  if (thrown instanceof APIConnectionTimeoutError)
    return new RetryableError("openai-timeout", "OpenAI did not answer in time");
  return new RetryableError("openai-unreachable", "the connection to OpenAI failed", { cause: thrown.cause });
}

/** A body cut halfway is a bare TypeError of the client, one that is not JSON a SyntaxError. */
function brokenReply(thrown: unknown): Error {
  if (thrown instanceof TypeError || thrown instanceof SyntaxError)
    return new RetryableError("openai-broken-reply", "OpenAI's answer was cut or is not JSON");
  return thrown instanceof Error ? thrown : new Error("the OpenAI client threw something that is no error");
}

function retryAfterOf(headers: Headers | undefined): number | null {
  const milliseconds = Number(headers?.get("retry-after-ms") || Number.NaN);
  if (Number.isFinite(milliseconds)) return bounded(milliseconds);
  const value = headers?.get("retry-after");
  if (!value) return null;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? bounded(waitMs) : null;
}

function bounded(waitMs: number): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, waitMs));
}
