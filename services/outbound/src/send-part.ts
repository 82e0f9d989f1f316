import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import type { ClaimRequest, Deps, Part, SendClaim, SuppressReason } from "./deps.ts";
import { resolveUncertain } from "./uncertain-send.ts";

/** How one message of a reply ended. `fresh`: by this delivery, not by an earlier one. */
export type PartResult =
  | { kind: "sent"; providerMessageId: string; fresh: boolean }
  | { kind: "failed"; code: string; fresh: boolean; cause?: PermanentError | TenantConfigError };

/** Waits between tries to record an accepted send; together below the drain deadline. */
const SETTLE_RETRY_MS = [250, 1000, 3000] as const;

type Claimed = Extract<SendClaim, { kind: "claimed" }>;

/** Sends one message under its claim row: exactly one call per claim, whatever is redelivered. */
export async function sendPart(deps: Deps, part: Part): Promise<PartResult> {
  let request: ClaimRequest = part.claim;
  let waitedMs = 0;
  for (;;) {
    stopIfInterrupted(part.signal);
    const claim = await deps.sends.claim(request);
    if (claim.kind === "claimed") {
      deps.crashPoint("after_claim_before_send");
      const waitMs = await throttledFor(deps, part, claim);
      if (waitMs === 0 && !part.signal.aborted) return await callProvider(deps, part, claim);
      await release(deps, part, "throttled");
      await waitForLimit(deps, part, waitMs, waitedMs);
      waitedMs += waitMs;
    } else if (claim.kind === "uncertain") {
      const decision = await resolveUncertain(deps, part, claim);
      if (decision.kind === "found") return await settleAccepted(deps, part, decision.providerMessageId);
      if (decision.kind === "held") return await settleHeld(deps, part);
      request = { ...part.claim, resend: true };
    } else if (claim.kind === "waiting") {
      if (!part.mayOvertake) throw outOfTurn(deps.policy.busyRetryMs);
      deps.metrics.overtaken.inc({});
      request = { ...part.claim, after: undefined };
    } else return await settled(deps, part, claim);
  }
}

async function settled(
  deps: Deps,
  part: Part,
  claim: Extract<SendClaim, { kind: "done" | "suppressed" }>,
): Promise<PartResult> {
  if (claim.kind === "suppressed") return await suppress(deps, part, claim.reason);
  if (claim.state === "accepted" && claim.providerMessageId !== null)
    return { kind: "sent", providerMessageId: claim.providerMessageId, fresh: false };
  const code = (claim.code ?? claim.state).replaceAll("_", "-");
  const failed = { kind: "failed", code, fresh: false } as const;
  // The crash came between the refusal and its dead letter: it still has to become one.
  return claim.state === "rejected" ? { ...failed, cause: refusal(code) } : failed;
}

async function suppress(deps: Deps, part: Part, reason: SuppressReason): Promise<PartResult> {
  deps.metrics.sends.inc({ kind: "text", outcome: "suppressed" });
  deps.metrics.suppressed.inc({ reason });
  const code = reason.replaceAll("_", "-");
  if (reason !== "no_connection") return { kind: "failed", code, fresh: true };
  await deps.sends.settle({ ...part.key, outcome: "rejected", code });
  const { organizationId } = part.key;
  const cause = new TenantConfigError(code, "The organization has no active WhatsApp connection.", {
    organizationId,
    setting: "platform_connections",
  });
  return { kind: "failed", code, fresh: true, cause };
}

async function callProvider(deps: Deps, part: Part, claim: Claimed): Promise<PartResult> {
  const { organizationId, replyId, index } = part.key;
  const { apiKey, appName, source, destination } = claim;
  const message = { apiKey, appName, source, destination, organizationId, message: part.message, reference: replyId };
  let result: Awaited<ReturnType<Deps["provider"]["send"]>>;
  try {
    result = await deps.provider.send(message);
  } catch (error) {
    return await refused(deps, part, error);
  }
  deps.crashPoint("after_send_before_record");
  if (result.kind === "uncertain") {
    deps.metrics.sends.inc({ kind: "text", outcome: "timeout" });
    await deps.sends.settle({ ...part.key, outcome: "unknown" });
    throw new RetryableError("send-uncertain", "The provider took the call and gave no usable answer.", {
      retryAfterMs: deps.policy.uncertainPollMs,
    });
  }
  deps.metrics.sends.inc({ kind: "text", outcome: "accepted" });
  const { appId, inboundMessageId } = claim;
  if (index === 0 && appId !== null && inboundMessageId !== null)
    deps.provider.markRead({ organizationId, apiKey, appId, providerMessageId: inboundMessageId });
  return await settleAccepted(deps, part, result.providerMessageId);
}

/** The provider surely did not take the message: give the claim back, or settle it as refused. Anything else leaves it uncertain. */
async function refused(deps: Deps, part: Part, error: unknown): Promise<PartResult> {
  if (error instanceof RetryableError) {
    deps.metrics.sends.inc({ kind: "text", outcome: error.code === "gupshup-rate-limited" ? "rate_limited" : "error" });
    await release(deps, part, error.code);
    throw error;
  }
  if (!(error instanceof PermanentError || error instanceof TenantConfigError)) throw error;
  deps.metrics.sends.inc({ kind: "text", outcome: "rejected" });
  await deps.sends.settle({ ...part.key, outcome: "rejected", code: error.code });
  return { kind: "failed", code: error.code, fresh: true, cause: error };
}

/** Tries again here before it gives up: without this row only a receipt could tell that the message was sent. */
async function settleAccepted(deps: Deps, part: Part, providerMessageId: string): Promise<PartResult> {
  for (const delayMs of [...SETTLE_RETRY_MS, null]) {
    try {
      await deps.sends.settle({ ...part.key, outcome: "accepted", providerMessageId });
      break;
    } catch (error) {
      if (delayMs === null || !(error instanceof RetryableError)) throw error;
      await deps.wait(delayMs, part.signal);
    }
  }
  return { kind: "sent", providerMessageId, fresh: true };
}

async function settleHeld(deps: Deps, part: Part): Promise<PartResult> {
  await deps.sends.settle({ ...part.key, outcome: "held", code: "send-unknown" });
  return { kind: "failed", code: "send-unknown", fresh: true };
}

/** Takes the tokens of the business number, then those of the customer; the wait in milliseconds that one of them asks for. */
async function throttledFor(deps: Deps, part: Part, claim: Claimed): Promise<number> {
  const { numberPerSecond, pairPerMinute, pairBurst } = deps.policy;
  const { organizationId, chat } = part.key;
  const number = { tokens: numberPerSecond, perMs: 1000, burst: numberPerSecond };
  const pair = { tokens: pairPerMinute, perMs: 60_000, burst: pairBurst };
  try {
    const first = await deps.limits.take(`number.${claim.source}`, number);
    if (first.kind === "wait") return first.ms;
    const second = await deps.limits.take(`pair.${organizationId}.${chat}`, pair);
    return second.kind === "wait" ? second.ms : 0;
  } catch (error) {
    await release(deps, part, "limits-unavailable");
    throw error;
  }
}

/** Nothing was sent: the claim goes back, so that a crash from here on is no uncertain send. */
async function release(deps: Deps, part: Part, code: string): Promise<void> {
  await deps.sends.settle({ ...part.key, outcome: "released", code });
}

async function waitForLimit(deps: Deps, part: Part, waitMs: number, waitedMs: number): Promise<void> {
  deps.metrics.throttle.observe({}, waitMs / 1000);
  if (waitedMs + waitMs > deps.policy.throttleWaitMs)
    throw new RetryableError("send-throttled", "The business number or the customer is at its rate limit.", {
      retryAfterMs: waitMs,
    });
  await deps.wait(waitMs, part.signal);
}

function stopIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted)
    throw new RetryableError("send-interrupted", "The stage is stopping or lost the conversation's lease.", {
      retryAfterMs: 0,
    });
}

function outOfTurn(retryAfterMs: number): RetryableError {
  return new RetryableError("reply-out-of-turn", "The reply before this one is not settled yet.", { retryAfterMs });
}

function refusal(code: string): PermanentError {
  return new PermanentError(code, "The provider refused the message.");
}
