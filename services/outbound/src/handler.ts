import { RetryableError } from "@skytide/errors";
import type { ReplyRequested } from "@skytide/events";
import type { Deps, Part, ReplyMessage } from "./deps.ts";
import { escalate } from "./escalate.ts";
import { isExpired, toParts } from "./parts.ts";
import { toReplyFailed, toReplySent } from "./reply-events.ts";
import { sendPart } from "./send-part.ts";

type Outcome = "ok" | "duplicate" | "skipped" | "paused";

/** Sends the messages of one requested reply in order and says on the log what became of each. */
export function createHandler(deps: Deps) {
  return async (message: ReplyMessage): Promise<Outcome> => {
    const { org, chat } = message.event;
    const lease = await deps.leases.acquire(`send.${org}.${chat}`);
    if (lease === null)
      throw new RetryableError("conversation-busy", "Another reply of this conversation is being sent.", {
        retryAfterMs: deps.policy.busyRetryMs,
      });
    try {
      return await sendReply(deps, { ...message, signal: AbortSignal.any([message.signal, lease.lost]) });
    } finally {
      await lease.release();
    }
  };
}

/** Settles what is left of a reply that the stage gives up on, so that the next one can go. */
export function createGiveUp(deps: Pick<Deps, "sends" | "prepare" | "publish" | "now">) {
  return async (reply: ReplyRequested, code: string): Promise<void> => {
    const parts = reply.data.messages.flatMap(deps.prepare);
    for (const index of parts.keys()) {
      const key = { organizationId: reply.org, chat: reply.chat, replyId: reply.id, index };
      const { state } = await deps.sends.settle({ ...key, outcome: "rejected", code });
      if (state === "rejected") await deps.publish(toReplyFailed(reply, { index, code, at: deps.now() }));
    }
  };
}

async function sendReply(deps: Deps, message: ReplyMessage): Promise<Outcome> {
  const reply = message.event;
  if (isExpired(deps, reply)) {
    await createGiveUp(deps)(reply, "expired");
    return "skipped";
  }
  const parts = await toParts(deps, message);
  let outcome: Outcome = "duplicate";
  for (const part of parts) {
    const { index } = part.key;
    const result = await sendPart(deps, part);
    if (result.kind === "failed") {
      await publishFailures(deps, parts.slice(index), result.code);
      // A replay is an operator's: nobody has to be asked for.
      if (result.unreachable && !message.replayed) await escalate(deps, reply, result.code);
      if (result.cause !== undefined) throw result.cause;
      return result.fresh ? outcomeOf(result.code) : "duplicate";
    }
    await deps.publish(toReplySent(reply, { ...result, index, at: deps.now() }));
    if (result.fresh) {
      outcome = "ok";
      deps.metrics.deliveries.accepted(result.providerMessageId, deps.now());
      observeSent(deps, message, index);
    }
    // It said the rest, too.
    if (result.message.kind === "template" && part.message.kind !== "template") break;
  }
  deps.crashPoint("after_publish_before_ack");
  return outcome;
}

async function publishFailures(deps: Deps, parts: readonly Part[], code: string): Promise<void> {
  for (const { reply, key } of parts) {
    const { organizationId: org, chat: conversation, replyId, index } = key;
    await deps.publish(toReplyFailed(reply, { index, code, at: deps.now() }));
    deps.log.warn("reply-failed", { org, conversation, replyId, index, code });
  }
}

function outcomeOf(code: string): Outcome {
  if (code === "bot-paused") return "paused";
  return code === "window-closed" || code === "superseded" ? "skipped" : "ok";
}

function observeSent(deps: Deps, { event: reply, publishedAt }: ReplyMessage, index: number): void {
  const now = deps.now().getTime();
  const durationMs = Math.max(0, now - publishedAt.getTime());
  const { respondsTo, debounceMs = 0 } = reply.data;
  const wallMs = respondsTo === undefined ? undefined : now - Date.parse(respondsTo);
  const exemplar = { traceId: reply.traceparent?.split("-")[1] };
  deps.log.event("reply-sent", {
    ...{ org: reply.org, conversation: reply.chat, replyId: reply.id, index, durationMs, ...exemplar },
    // Since the customer wrote; only of the first message of an answer.
    delayMs: index > 0 ? undefined : wallMs,
  });
  if (index > 0) return;
  deps.metrics.replyStage.observe({ stage: "outbound" }, seconds(durationMs));
  if (wallMs === undefined) return;
  deps.metrics.replyWall.observe({ channel: "whatsapp" }, seconds(wallMs), exemplar);
  deps.metrics.replyLatency.observe({ channel: "whatsapp" }, seconds(wallMs - debounceMs), exemplar);
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}
