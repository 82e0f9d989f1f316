import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import { callProvider, settleAccepted } from "./call-provider.ts";
import type { ClaimRequest, Deps, Part, PartResult, SendClaim, SuppressReason } from "./deps.ts";
import { templateOf } from "./template-fallback.ts";
import { release, throttledFor, waitForLimit } from "./throttle.ts";
import { resolveUncertain } from "./uncertain-send.ts";

type Settled = Extract<SendClaim, { kind: "done" | "suppressed" }>;
type Uncertain = Extract<SendClaim, { kind: "uncertain" }>;
type Blocked = Extract<SendClaim, { kind: "blocked" }>;

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
      const result = await uncertain(deps, part, claim);
      if (result !== "send_again") return result;
      // Refused although it was asked for: who can send it again is gone for now.
      if (request.resend) throw waitsFor("send-uncertain", deps.policy.busyRetryMs);
      request = { ...request, resend: true };
    } else if (claim.kind === "waiting") {
      if (!part.mayOvertake) throw waitsFor("reply-out-of-turn", deps.policy.busyRetryMs);
      deps.metrics.overtaken.inc({});
      request = { ...request, after: undefined };
    } else if (claim.kind === "blocked") return await blocked(deps, part, claim, request);
    else if (claim.kind === "suppressed" && claim.templateId !== undefined && !request.asTemplate)
      // The template stands for the rest of the reply: nothing comes after it.
      request = { ...request, asTemplate: true, parts: part.key.index + 1 };
    else return await settled(deps, part, claim);
  }
}

async function uncertain(deps: Deps, part: Part, claim: Uncertain): Promise<PartResult | "send_again"> {
  const decision = await resolveUncertain(deps, part, claim);
  if (decision.kind === "send_again") return "send_again";
  if (decision.kind === "found") {
    const message = claim.asTemplate ? templateOf(deps, part, "") : part.message;
    const { providerMessageId } = decision;
    return await settleAccepted(deps, part, { providerMessageId, message, resends: claim.resends });
  }
  await deps.sends.settle({ ...part.key, outcome: "held", code: "send-unknown" });
  return { kind: "failed", code: "send-unknown", fresh: true };
}

/** The provider refuses the app: no call is made, the rest of the fleet goes on. */
async function blocked(deps: Deps, part: Part, claim: Blocked, request: ClaimRequest): Promise<PartResult> {
  const { code, setting, waits, retryInMs } = claim;
  if (waits || request.resend) throw waitsFor("app-paused", Math.max(retryInMs, deps.policy.busyRetryMs));
  deps.metrics.sends.inc({ kind: "text", outcome: "suppressed" });
  deps.metrics.suppressed.inc({ reason: "app_blocked" });
  await deps.sends.settle({ ...part.key, outcome: "rejected", code });
  const { organizationId } = part.key;
  const cause = new TenantConfigError(code, "The provider refuses the app.", { organizationId, setting });
  return { kind: "failed", code, fresh: true, cause };
}

async function settled(deps: Deps, part: Part, claim: Settled): Promise<PartResult> {
  if (claim.kind === "suppressed") return await suppress(deps, part, claim.reason);
  const { state, providerMessageId, resends, asTemplate } = claim;
  if (state === "accepted" && providerMessageId !== null) {
    const message = asTemplate ? templateOf(deps, part, "") : part.message;
    return { kind: "sent", providerMessageId, message, resends, fresh: false };
  }
  const code = (claim.code ?? state).replaceAll("_", "-");
  const unreachable = code === "window-closed" || (asTemplate && state === "rejected");
  const failed = { kind: "failed", code, fresh: false, unreachable } as const;
  // The crash came between the refusal and its dead letter: it still has to become one.
  return state === "rejected" ? { ...failed, cause: refusal(code) } : failed;
}

async function suppress(deps: Deps, part: Part, reason: SuppressReason): Promise<PartResult> {
  deps.metrics.sends.inc({ kind: "text", outcome: "suppressed" });
  deps.metrics.suppressed.inc({ reason });
  const code = reason.replaceAll("_", "-");
  if (reason !== "no_connection") return { kind: "failed", code, fresh: true, unreachable: reason === "window_closed" };
  await deps.sends.settle({ ...part.key, outcome: "rejected", code });
  const { organizationId } = part.key;
  const cause = new TenantConfigError(code, "The organization has no active WhatsApp connection.", {
    organizationId,
    setting: "platform_connections",
  });
  return { kind: "failed", code, fresh: true, cause };
}

const WAITS = {
  "send-uncertain": "The result of a send is unknown, and its app cannot send now.",
  "reply-out-of-turn": "The reply before this one is not settled yet.",
  "app-paused": "The provider asked for a pause, or refuses the app.",
} as const;

function waitsFor(code: keyof typeof WAITS, retryAfterMs: number): RetryableError {
  return new RetryableError(code, WAITS[code], { retryAfterMs });
}

function stopIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted)
    throw new RetryableError("send-interrupted", "The stage is stopping or lost the conversation's lease.", {
      retryAfterMs: 0,
    });
}

function refusal(code: string): PermanentError {
  return new PermanentError(code, "The provider refused the message.");
}
