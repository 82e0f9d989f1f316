import { PermanentError, RetryableError } from "@skytide/errors";
import { type FailedSend, idsOf, type LateDeps, type LateFailure, type LateOutcome } from "./late-types.ts";
import { isExpired, toParts } from "./parts.ts";
import { toReplyFailed, toReplySent } from "./reply-events.ts";
import { sendPart } from "./send-part.ts";

/** One number to one customer: Meta asks for 4^n seconds (131056). */
const PAIR_RATE = 131056;
const LONGEST_WAIT_MS = 300_000;
/** A send whose next try ended so was told on the log by whoever ended it. */
const ENDED: readonly string[] = ["rejected", "suppressed", "held"];

/** Sends a message again that failed after it was accepted: once per failure, so often as the policy says, never one that was delivered. */
export async function resend(
  deps: LateDeps,
  failure: LateFailure,
  send: FailedSend,
  asTemplate: boolean,
): Promise<LateOutcome> {
  if (send.current && !mayResend(deps, failure, send)) return "skipped";
  if (!send.current && ENDED.includes(send.state)) return "skipped";
  const { org, chat } = failure.event;
  const lease = await deps.leases.acquire(`send.${org}.${chat}`);
  if (lease === null)
    throw new RetryableError("conversation-busy", "A reply of this conversation is being sent.", {
      retryAfterMs: deps.policy.busyRetryMs,
    });
  try {
    const signal = AbortSignal.any([failure.signal, lease.lost]);
    return await sendAgain(deps, { ...failure, signal }, send, asTemplate);
  } finally {
    await lease.release();
  }
}

/** False where it was delivered all the same; throws where it is too early or was tried often enough. */
function mayResend(deps: LateDeps, { event, replayed }: LateFailure, send: FailedSend): boolean {
  if (send.state !== "accepted") return true;
  if (send.delivered) {
    deps.metrics.lateActions.inc({ action: "delivered" });
    return false;
  }
  if (replayed) return true;
  if (send.resends >= deps.policy.resends) {
    deps.metrics.lateActions.inc({ action: "exhausted" });
    throw new PermanentError("resends-exhausted", "A message failed late more often than it is sent again.");
  }
  const waitMs = waitOf(deps.policy.lateWaitMs, event.data.providerCode, send.resends);
  const remainingMs = Date.parse(event.time) + waitMs - deps.now().getTime();
  if (remainingMs > 0)
    throw new RetryableError("resend-waits", "A message that failed late is sent again after a while.", {
      retryAfterMs: remainingMs,
    });
  return true;
}

function waitOf(leastMs: number, code: number | undefined, resends: number): number {
  const pairMs = code === PAIR_RATE ? 1000 * 4 ** (resends + 1) : 0;
  return Math.min(Math.max(leastMs * 2 ** resends, pairMs), LONGEST_WAIT_MS);
}

async function sendAgain(
  deps: LateDeps,
  { event, publishedAt, signal }: LateFailure,
  send: FailedSend,
  asTemplate: boolean,
): Promise<LateOutcome> {
  const original = await deps.readReply(send.sequence);
  if (original?.event.id !== send.replyId || isExpired(deps, original.event)) {
    deps.metrics.lateActions.inc({ action: "gone" });
    return "skipped";
  }
  const reply = original.event;
  const parts = await toParts(deps, { ...original, sequence: send.sequence, replayed: false, signal });
  const part = parts[send.index];
  if (part === undefined) throw new PermanentError("resend-without-message", "The reply has no such message any more.");
  const { organizationId, replyId, index } = part.key;
  if (send.current) {
    const code = String(event.data.providerCode ?? event.data.code);
    await deps.failedSends.reopen({ organizationId, replyId, index, ids: idsOf(event), code });
  }
  const claim = { ...part.claim, asTemplate };
  // Only itself: what followed it was sent by itself.
  const result = await sendPart(deps, { ...part, claim, rest: [] });
  const at = deps.now();
  if (result.kind === "sent") {
    await deps.publish(toReplySent(reply, { ...result, index, at }));
    if (!result.fresh) return "skipped";
    deps.metrics.lateActions.inc({ action: result.message.kind === "template" ? "template" : "resent" });
    const durationMs = at.getTime() - publishedAt.getTime();
    deps.log.event("reply-sent-again", { org: organizationId, conversation: event.chat, replyId, index, durationMs });
    return "ok";
  }
  deps.metrics.lateActions.inc({ action: "failed" });
  await deps.publish(toReplyFailed(reply, { index, code: result.code, at }));
  if (result.cause !== undefined) throw result.cause;
  return "skipped";
}
