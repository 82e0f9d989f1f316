import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { expect, test } from "vitest";
import { toFailure } from "../src/failure.ts";
import { judge, type VerdictFacts } from "../src/verdict.ts";

const publishedAt = new Date("2026-11-22T10:00:00Z");
const facts = (own: Partial<VerdictFacts> = {}): VerdictFacts => ({
  now: publishedAt,
  publishedAt,
  redelivered: 0,
  deadlineMs: 900_000,
  unexpectedAttempts: 0,
  backoff: { firstMs: 1_000, lastMs: 60_000 },
  random: 0.5,
  ...own,
});
const retryable = toFailure(new RetryableError("model-timeout", "no answer"));
const after = (ms: number) => new Date(publishedAt.getTime() + ms);

test("a retryable error waits longer each time, up to the longest wait", () => {
  const delays = [0, 1, 2, 6, 50].map((redelivered) => judge(retryable, facts({ redelivered })));
  expect(delays).toEqual([1_000, 2_000, 4_000, 60_000, 60_000].map((delayMs) => ({ kind: "again", delayMs })));
});

test("waits are spread", () => {
  expect(judge(retryable, facts({ random: 0 }))).toEqual({ kind: "again", delayMs: 800 });
  expect(judge(retryable, facts({ random: 1 }))).toEqual({ kind: "again", delayMs: 1_200 });
});

test("the wait that the other side asked for is kept, within reason", () => {
  const asked = (retryAfterMs: number) => toFailure(new RetryableError("rate-limited", "later", { retryAfterMs }));
  expect(judge(asked(30_000), facts())).toEqual({ kind: "again", delayMs: 30_000 });
  expect(judge(asked(999_999_999), facts({ deadlineMs: Number.POSITIVE_INFINITY }))).toEqual({
    kind: "again",
    delayMs: 900_000,
  });
});

test("a wait that was asked for does not grow, and is never shorter than the first one", () => {
  const asked = (retryAfterMs: number) => toFailure(new RetryableError("conversation-busy", "later", { retryAfterMs }));
  expect(judge(asked(3000), facts({ redelivered: 20 }))).toEqual({ kind: "again", delayMs: 3000 });
  expect(judge(asked(0), facts({ redelivered: 20 }))).toEqual({ kind: "again", delayMs: 1000 });
});

test("the last attempt is at the deadline, after it the message is dead", () => {
  expect(judge(retryable, facts({ now: after(899_500), redelivered: 20 }))).toEqual({ kind: "again", delayMs: 500 });
  expect(judge(retryable, facts({ now: after(900_000) }))).toEqual({ kind: "dead" });
});

test("a stage without deadline never gives a retryable error up", () => {
  const verdict = judge(retryable, facts({ now: after(1e12), deadlineMs: Number.POSITIVE_INFINITY, redelivered: 1e6 }));
  expect(verdict).toEqual({ kind: "again", delayMs: 60_000 });
});

test("permanent errors and an organization's misconfiguration are dead at once", () => {
  expect(judge(toFailure(new PermanentError("too-large", "x")), facts())).toEqual({ kind: "dead" });
  const tenant = new TenantConfigError("bad-key", "x", { organizationId: "o", setting: "api_key" });
  expect(judge(toFailure(tenant), facts())).toEqual({ kind: "dead" });
});

test("anything else is tried five times, whatever the deadline says", () => {
  const unexpected = toFailure(new TypeError("x is undefined"));
  const verdicts = [1, 2, 3, 4, 5].map((unexpectedAttempts) =>
    judge(unexpected, facts({ unexpectedAttempts, deadlineMs: 0, redelivered: 40 })),
  );
  expect(verdicts.map(({ kind }) => kind)).toEqual(["again", "again", "again", "again", "dead"]);
});

test.each([
  [new RetryableError("gupshup-timeout", "x"), "timeout"],
  [new RetryableError("rate-limited", "x"), "rate_limited"],
  [new RetryableError("store-unavailable", "x"), "db"],
  [new RetryableError("publish-failed", "x"), "nats"],
  [new RetryableError("conversation-busy", "x"), "conflict"],
  [new RetryableError("gupshup-server-error", "x"), "upstream_5xx"],
  [new PermanentError("malformed-json", "x"), "invalid"],
  [new PermanentError("refused", "x"), "upstream_4xx"],
  [new Error("x"), "bug"],
  ["a string", "bug"],
])("%s is counted as %s", (error, reason) => {
  expect(toFailure(error).reason).toBe(reason);
});
