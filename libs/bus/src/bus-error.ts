import { PermanentError, RetryableError } from "@skytide/errors";
import { ErrorCode, NatsError } from "nats";

/** What the JetStream API answers instead of a result (server/errors.json). */
export interface ApiError {
  kind: "error";
  status: number;
  code: number;
  description: string;
}

/** The server's error codes that mean something to us. */
export const API_ERROR = {
  consumerExists: 10148,
  consumerNotFound: 10014,
  messageNotFound: 10037,
  sequenceNotFound: 10043,
  messageTooLarge: 10054,
  deleteFailed: 10057,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  wrongLastSequenceConstant: 10164,
  tooManyBatches: 10210,
} as const;

const TEMPORARY: readonly string[] = [ErrorCode.Timeout, ErrorCode.NoResponders, ErrorCode.Disconnect];
const CLOSED: readonly string[] = [ErrorCode.ConnectionClosed, ErrorCode.ConnectionDraining, ErrorCode.Cancelled];

/** True when the same request may succeed in a moment. */
export function isTemporary(error: unknown): boolean {
  return error instanceof NatsError && TEMPORARY.includes(error.code);
}

/** True when an expected last sequence did not hold. */
export function isWrongLastSequence(error: ApiError): boolean {
  return error.code === API_ERROR.wrongLastSequence || error.code === API_ERROR.wrongLastSequenceConstant;
}

/** A failure of the client as one of our errors; anything unknown stays what it is. */
export function fromClientError(error: unknown): unknown {
  if (!(error instanceof NatsError)) return error;
  const { code } = error;
  if (isTemporary(error)) return unavailable(error);
  if (CLOSED.includes(code)) {
    return new RetryableError("connection-closed", "The connection to the log is closed.", { cause: error });
  }
  if (code === ErrorCode.MaxPayloadExceeded) {
    return new PermanentError("too-large", "The message is larger than the log accepts.", { cause: error });
  }
  if (code === ErrorCode.PermissionsViolation) {
    return new PermanentError("not-permitted", "This user may not use that subject of the log.", { cause: error });
  }
  return error;
}

/** A refusal of the JetStream API as one of our errors. */
export function fromApiError(error: ApiError): PermanentError | RetryableError {
  if (error.status >= 500 || error.status === 429) {
    return new RetryableError(`jetstream-${error.code}`, `The log cannot do that now: ${error.description}.`);
  }
  if (error.code === API_ERROR.messageTooLarge) {
    return new PermanentError("too-large", "The message is larger than its stream accepts.");
  }
  return new PermanentError(`jetstream-${error.code}`, `The log refused: ${error.description}.`);
}

/** The log did not answer within the time that the caller gave it. */
export function unavailable(cause?: unknown): RetryableError {
  return new RetryableError("log-unavailable", "The log did not answer in time.", { cause });
}
