import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";

/** Why an attempt failed, as the metric counts it. */
export const FAILURE_REASONS = [
  "timeout",
  "upstream_4xx",
  "upstream_5xx",
  "rate_limited",
  "invalid",
  "conflict",
  "db",
  "nats",
  "bug",
] as const;
type FailureReason = (typeof FAILURE_REASONS)[number];

type ErrorClass = "retryable" | "permanent" | "tenant" | "unexpected";

export interface Failure {
  errorClass: ErrorClass;
  code: string;
  reason: FailureReason;
  retryAfterMs?: number | undefined;
}

const REASON_OF_CODE: readonly (readonly [RegExp, FailureReason])[] = [
  [/time-?d?-?out/, "timeout"],
  [/rate|too-many|throttl/, "rate_limited"],
  [/conflict|busy|out-of-turn|uncertain|interrupted/, "conflict"],
  [/invalid|malformed|schema/, "invalid"],
  [/^(?:database|db|store|postgres|sql)/, "db"],
  [/^(?:bus|nats|log|publish|commit)/, "nats"],
];

function reasonOf(code: string, otherwise: FailureReason): FailureReason {
  return REASON_OF_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? otherwise;
}

/** Names what was thrown: one of the three classes, or unexpected. */
export function toFailure(error: unknown): Failure {
  if (error instanceof RetryableError) {
    const { code, retryAfterMs } = error;
    return { errorClass: "retryable", code, reason: reasonOf(code, "upstream_5xx"), retryAfterMs };
  }
  if (error instanceof PermanentError) {
    return { errorClass: "permanent", code: error.code, reason: reasonOf(error.code, "upstream_4xx") };
  }
  if (error instanceof TenantConfigError) return { errorClass: "tenant", code: error.code, reason: "upstream_4xx" };
  return { errorClass: "unexpected", code: "unexpected", reason: "bug" };
}
