import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { z } from "zod";
import { failureClassOf, tenantFaultOf } from "./failure-class.ts";

// A provider that asks for hours would outlive every deadline: wait a while and ask again.
const maxRetryAfterMs = 600_000;

const codeSchema = z.union([z.number(), z.string().regex(/^\d{1,9}$/)]).transform(Number);
/** Where errors were seen to stand: a sentence, or a code beside it or inside it. */
const answerSchema = z.object({
  message: z
    .union([z.string(), z.object({ code: codeSchema.nullish() })])
    .nullish()
    .catch(undefined),
  code: codeSchema.nullish().catch(undefined),
  error: z.object({ code: codeSchema.nullish() }).nullish().catch(undefined),
});

/** Gupshup asks an app to send nothing more for now. */
const STOP_SENDING = "gupshup-stop-sending";

/** What an answer outside 2xx means. Only the status, codes and words that Gupshup documents decide; its text is quoted nowhere. */
export function toGupshupError(
  answer: { status: number; body: string; retryAfter: string | null },
  organizationId: string,
): RetryableError | PermanentError | TenantConfigError {
  const { status } = answer;
  const said = readAnswer(answer.body);
  const byCode = toCodedError(said.code, organizationId);
  if (byCode !== undefined) return byCode;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const code = status === 429 ? "gupshup-rate-limited" : "gupshup-unavailable";
    const retryAfterMs = toRetryAfterMs(answer.retryAfter);
    return new RetryableError(code, `Gupshup answered ${status}`, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  if (status === 401 || status === 403) {
    return new TenantConfigError("gupshup-key-refused", `Gupshup refused the API key (${status})`, {
      organizationId,
      setting: "gupshup_api_key",
    });
  }
  if (status === 400 && /invalid app/i.test(said.message)) {
    return new TenantConfigError("gupshup-app-invalid", "Gupshup knows no such app with this number", {
      organizationId,
      setting: "gupshup_app_name",
    });
  }
  if (status === 400 && /invalid destination/i.test(said.message)) {
    return new PermanentError("gupshup-destination-invalid", "Gupshup refused the receiver's number");
  }
  return new PermanentError("gupshup-refused", `Gupshup answered ${status}`);
}

/** The verdict on a code of the error table; none where the status says all. */
function toCodedError(
  code: number | undefined,
  organizationId: string,
): RetryableError | PermanentError | TenantConfigError | undefined {
  const shown = `Gupshup answered with code ${code}`;
  const fault = tenantFaultOf(code);
  if (fault) return new TenantConfigError(fault.code, shown, { organizationId, setting: fault.setting });
  switch (failureClassOf(code)) {
    case "transient":
      return new RetryableError("gupshup-unavailable", shown);
    case "stop":
      return new RetryableError(STOP_SENDING, shown);
    case "window":
      return new PermanentError("window-closed", shown);
    case "recipient":
    case "frequency":
      return new PermanentError("gupshup-recipient-refused", shown);
    case "content":
      return new PermanentError("gupshup-content-refused", shown);
    default:
      return undefined;
  }
}

function readAnswer(body: string): { message: string; code?: number | undefined } {
  try {
    const { message, code, error } = answerSchema.parse(JSON.parse(body));
    const nested = typeof message === "object" ? message?.code : undefined;
    return { message: typeof message === "string" ? message : "", code: code ?? nested ?? error?.code ?? undefined };
  } catch {
    // No JSON: a gateway in between answered.
    return { message: "" };
  }
}

function toRetryAfterMs(header: string | null): number | undefined {
  const seconds = header === null || header.trim() === "" ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined;
}

// Of these it is sure that no request went out: nobody was reached. Everything else may have been after the request left.
const neverSent = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "ERR_TLS_CERT_ALTNAME_INVALID",
];

/** True when a failed call surely never reached the provider. */
export function isNeverSent(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.every((one) => one instanceof Error && "code" in one && neverSent.includes(String(one.code)));
}
