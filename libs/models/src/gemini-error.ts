import {
  GoogleGenerativeAIAbortError,
  GoogleGenerativeAIError,
  GoogleGenerativeAIFetchError,
  GoogleGenerativeAIRequestInputError,
} from "@google/generative-ai";
import { PermanentError, RetryableError } from "@skytide/errors";
import { z } from "zod";

// The key and the model belong to the fleet: an operator must act, and until then the media waits.
const OPERATOR_RETRY_MS = 30_000;
const MAX_RETRY_AFTER_MS = 300_000;

const detailsSchema = z.array(
  z.object({ reason: z.string().nullish().catch(null), retryDelay: z.string().nullish().catch(null) }),
);

/** The verdict on what the Gemini client threw; neither the reply's words nor the cause, which quotes them. */
export function toGeminiError(thrown: unknown): Error {
  if (thrown instanceof GoogleGenerativeAIFetchError) return fromStatus(thrown);
  if (thrown instanceof GoogleGenerativeAIAbortError)
    return new RetryableError("gemini-timeout", "Gemini did not answer in time");
  if (thrown instanceof GoogleGenerativeAIRequestInputError)
    return new PermanentError("gemini-bad-request", "the Gemini client does not accept the request");
  if (thrown instanceof GoogleGenerativeAIError)
    return new RetryableError("gemini-unreachable", "the connection to Gemini failed");
  // A body cut halfway is a bare TypeError, one that is not JSON a SyntaxError.
  if (thrown instanceof TypeError || thrown instanceof SyntaxError)
    return new RetryableError("gemini-broken-reply", "Gemini's answer was cut or is not JSON");
  return thrown instanceof Error ? thrown : new Error("the Gemini client threw something that is no error");
}

function fromStatus(thrown: GoogleGenerativeAIFetchError): Error {
  const { status = 0 } = thrown;
  const details = detailsSchema.safeParse(thrown.errorDetails).data ?? [];
  const facts = `(status ${status})`;
  // A wrong key is answered with 400 and tells itself apart only in the details.
  const wrongKey = status === 400 && details.some(({ reason }) => reason === "API_KEY_INVALID");
  if (status === 401 || status === 403 || wrongKey)
    return new RetryableError("gemini-unauthorized", `Gemini refuses our key ${facts}`, {
      retryAfterMs: OPERATOR_RETRY_MS,
    });
  if (status === 404)
    return new RetryableError("gemini-model-unknown", `Gemini does not know the configured model or address ${facts}`, {
      retryAfterMs: OPERATOR_RETRY_MS,
    });
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const code = status === 429 ? "gemini-rate-limited" : "gemini-unavailable";
    const retryAfterMs = details.map(({ retryDelay }) => toMilliseconds(retryDelay)).find((value) => value !== null);
    return new RetryableError(code, `Gemini could not answer now ${facts}`, retryAfterMs ? { retryAfterMs } : {});
  }
  return new PermanentError("gemini-bad-request", `Gemini does not accept the request ${facts}`);
}

/** `"7s"` or `"0.5s"`, as protobuf writes a duration. */
function toMilliseconds(duration: string | null | undefined): number | null {
  const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(duration ?? "")?.[1] ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(MAX_RETRY_AFTER_MS, seconds * 1000) : null;
}
