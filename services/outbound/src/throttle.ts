import { RetryableError } from "@skytide/errors";
import type { Deps, Part } from "./deps.ts";

/** Takes the tokens of the business number, then those of the customer; the wait in milliseconds that one of them asks for. */
export async function throttledFor(deps: Deps, part: Part, { source }: { source: string }): Promise<number> {
  const { numberPerSecond, pairPerMinute, pairBurst } = deps.policy;
  const { organizationId, chat } = part.key;
  const number = { tokens: numberPerSecond, perMs: 1000, burst: numberPerSecond };
  const pair = { tokens: pairPerMinute, perMs: 60_000, burst: pairBurst };
  try {
    const first = await deps.limits.take(`number.${source}`, number);
    if (first.kind === "wait") return first.ms;
    const second = await deps.limits.take(`pair.${organizationId}.${chat}`, pair);
    return second.kind === "wait" ? second.ms : 0;
  } catch (error) {
    await release(deps, part, "limits-unavailable");
    throw error;
  }
}

/** Nothing was sent: the claim goes back, so that a crash from here on is no uncertain send. */
export async function release(deps: Deps, part: Part, code: string): Promise<void> {
  await deps.sends.settle({ ...part.key, outcome: "released", code });
}

/** Waits here for a short while; longer waits are the log's. */
export async function waitForLimit(deps: Deps, part: Part, waitMs: number, waitedMs: number): Promise<void> {
  deps.metrics.throttle.observe({}, waitMs / 1000);
  if (waitedMs + waitMs > deps.policy.throttleWaitMs)
    throw new RetryableError("send-throttled", "The business number or the customer is at its rate limit.", {
      retryAfterMs: waitMs,
    });
  await deps.wait(waitMs, part.signal);
}
