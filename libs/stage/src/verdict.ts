import type { Failure } from "./failure.ts";

/** A bug is tried this often by one process before the message is put aside. */
const MAX_UNEXPECTED_ATTEMPTS = 5;
/** A `Retry-After` beyond this is not believed. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;
const JITTER = 0.2;

export interface VerdictFacts {
  now: Date;
  publishedAt: Date;
  /** Deliveries before this one. */
  redelivered: number;
  deadlineMs: number;
  /** Unexpected errors of this message in this process, this one included. */
  unexpectedAttempts: number;
  backoff: { firstMs: number; lastMs: number };
  /** From 0 to 1. */
  random: number;
}

export type Verdict = { kind: "again"; delayMs: number } | { kind: "dead" };

/** Decides what becomes of a message whose handler failed. */
export function judge(failure: Failure, facts: VerdictFacts): Verdict {
  if (failure.errorClass === "permanent" || failure.errorClass === "tenant") return { kind: "dead" };
  if (failure.errorClass === "unexpected") {
    if (facts.unexpectedAttempts >= MAX_UNEXPECTED_ATTEMPTS) return { kind: "dead" };
    return { kind: "again", delayMs: backoffMs(facts, facts.unexpectedAttempts - 1) };
  }
  const leftMs = facts.publishedAt.getTime() + facts.deadlineMs - facts.now.getTime();
  if (leftMs <= 0) return { kind: "dead" };
  // Who says when to come back is not made to wait longer each time; only never shorter than the first wait.
  const { retryAfterMs } = failure;
  const delayMs =
    retryAfterMs === undefined
      ? backoffMs(facts, facts.redelivered)
      : Math.max(Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS), backoffMs(facts, 0));
  // The last attempt is at the deadline, not after it.
  return { kind: "again", delayMs: Math.min(delayMs, Math.ceil(leftMs)) };
}

/** Doubling with jitter, so that what failed together does not come back together. */
export function backoffMs(facts: Pick<VerdictFacts, "backoff" | "random">, attempt: number): number {
  const { firstMs, lastMs } = facts.backoff;
  const plain = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(plain * (1 + JITTER * (2 * facts.random - 1)));
}
