interface ErrorDetails {
  cause?: unknown;
}

/** Worth another try later: timeouts, 408/409/425/429, 5xx, lost connections. `retryAfterMs` is the wait that the other side asked for. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, details: ErrorDetails & { retryAfterMs?: number } = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Cannot succeed as it is: malformed, refused, too large. Ends as a dead letter. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
  readonly code: string;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
  }
}

/** The organization must act first: a wrong key, an empty wallet, a paused template. Not the fleet's fault. */
export class TenantConfigError extends Error {
  override readonly name = "TenantConfigError";
  readonly code: string;
  readonly organizationId: string;
  readonly setting: string;

  constructor(code: string, message: string, details: ErrorDetails & { organizationId: string; setting: string }) {
    super(message, { cause: details.cause });
    this.code = code;
    this.organizationId = details.organizationId;
    this.setting = details.setting;
  }
}
