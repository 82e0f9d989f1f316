import { RetryableError } from "@skytide/errors";
import type { Deps, Part } from "./deps.ts";

/** At most one repetition: a customer may read a sentence twice, not three times. */
const REPETITIONS = 1;
/** The provider's clock is not ours, and it counts in whole seconds. */
export const CLOCK_SKEW_MS = 10_000;

/**
 * Decides about a send whose result nobody knows (design.md §5): a receipt of the conversation that belongs to no send proves that it
 * was accepted; without one, but with receipts flowing, it is sent once more; else it is held for an operator.
 */
export async function resolveUncertain(
  deps: Deps,
  part: Part,
  uncertain: { claimedAt: string; ageMs: number; attempts: number },
): Promise<{ kind: "found"; providerMessageId: string } | { kind: "send_again" } | { kind: "held" }> {
  const { organizationId, chat, replyId, index } = part.key;
  const since = new Date(Date.parse(uncertain.claimedAt) - CLOCK_SKEW_MS).toISOString();
  const receipt = await deps.sends.findUnmatchedReceipt({ organizationId, chat, since });
  if (receipt !== null) {
    deps.metrics.uncertain.inc({ resolution: "receipt_found" });
    return { kind: "found", providerMessageId: receipt.providerMessageId };
  }
  const remainingMs = deps.policy.uncertainWaitMs - uncertain.ageMs;
  if (remainingMs > 0)
    throw new RetryableError("send-uncertain", "The result of a send is unknown; waiting for its receipt.", {
      retryAfterMs: Math.min(remainingMs, deps.policy.uncertainPollMs),
    });
  if (uncertain.attempts <= REPETITIONS && (await receiptsFlow(deps, organizationId))) {
    deps.metrics.uncertain.inc({ resolution: "sent_again" });
    deps.repeats?.add({ organizationId, chat, since });
    return { kind: "send_again" };
  }
  deps.metrics.uncertain.inc({ resolution: "held" });
  deps.log.warn("send-held", { org: organizationId, conversation: chat, replyId, index });
  return { kind: "held" };
}

/** Without receipts nothing says that an earlier try failed. */
async function receiptsFlow(deps: Deps, organizationId: string): Promise<boolean> {
  const last = await deps.sends.lastReceiptAt(organizationId);
  return last !== null && deps.now().getTime() - Date.parse(last) < deps.policy.receiptsFlowMs;
}
