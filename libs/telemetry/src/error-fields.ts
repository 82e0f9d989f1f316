import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { maskDigits } from "./log-fields.ts";

/** What a log line says of an error. */
export interface ErrorFields {
  type: string;
  code?: string;
  status?: number;
  /** Only of our own errors, whose messages hold no personal data. */
  message?: string;
  stack?: string;
  cause?: ErrorFields;
}

const identifier = /^[A-Za-z][A-Za-z0-9_.-]{0,79}$/;
/** Codes of Node, Postgres and ours. */
const code = /^[A-Za-z0-9_.-]{1,60}$/;
const frame = /^ {4}at (?:.*\((?:.*:\d+:\d+|<anonymous>|native|index \d+)\)|.*:\d+:\d+)$/;
const MAX_CAUSES = 3;
const MAX_FRAMES = 12;

function isOurs(error: unknown): error is PermanentError | RetryableError | TenantConfigError {
  return error instanceof PermanentError || error instanceof RetryableError || error instanceof TenantConfigError;
}

/** The frames of a stack. Its head repeats the message, which may quote a customer and may look like frames itself. */
function framesOf(error: Error): string | undefined {
  const quoted = new Set(String(error.message).split("\n"));
  const frames = String(error.stack ?? "")
    .split("\n")
    .filter((line) => frame.test(line) && !quoted.has(line));
  return frames.length === 0 ? undefined : maskFrames(frames.slice(0, MAX_FRAMES)).join("\n");
}

function maskFrames(frames: string[]): string[] {
  const here = `${process.cwd()}/`;
  return frames.map((line) => line.replaceAll("file://", "").replaceAll(here, "").trim());
}

function property(error: object, name: string): unknown {
  return name in error ? (error as Record<string, unknown>)[name] : undefined;
}

/** The safe part of whatever was thrown: type, code, status, our own message, the stack's frames, and the same of its causes. */
export function toErrorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: error === null ? "null" : typeof error };
  const fields: ErrorFields = { type: identifier.test(error.name) ? error.name : "Error" };
  const itsCode = property(error, "code");
  if (typeof itsCode === "string" && code.test(itsCode) && !/\d{7,}/.test(itsCode)) fields.code = itsCode;
  const status = property(error, "status");
  if (typeof status === "number") fields.status = status;
  if (isOurs(error)) fields.message = maskDigits(error.message);
  const frames = framesOf(error);
  if (frames !== undefined) fields.stack = frames;
  if (error.cause !== undefined && depth < MAX_CAUSES) fields.cause = toErrorFields(error.cause, depth + 1);
  return fields;
}
