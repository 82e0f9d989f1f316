import { randomBytes } from "node:crypto";

// https://www.w3.org/TR/trace-context/#traceparent-header
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Starts a trace: a new trace id with a first span. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
}

/** The next span of the same trace; a new trace where `parent` is absent or malformed. */
export function childTraceparent(parent: string | undefined): string {
  const match = pattern.exec(parent ?? "");
  return match ? `00-${match[1]}-${randomBytes(8).toString("hex")}-${match[3]}` : newTraceparent();
}

/** The trace id of a traceparent, undefined where it is none. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return pattern.exec(traceparent ?? "")?.[1];
}

/** The span id of a traceparent, undefined where it is none. */
export function spanIdOf(traceparent: string | undefined): string | undefined {
  return pattern.exec(traceparent ?? "")?.[2];
}
