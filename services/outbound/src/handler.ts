import { PermanentError, RetryableError } from "@skytide/errors";
import type { ReplyRequested } from "@skytide/events";
import type { Deps, Part, ReplyMessage } from "./deps.ts";
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
  const parts = await toParts(deps, message);
  let outcome: Outcome = "duplicate";
  for (const part of parts) {
    const { index } = part.key;
    const result = await sendPart(deps, part);
    if (result.kind === "failed") {
      await publishFailures(deps, parts.slice(index), result.code);
      if (result.cause !== undefined) throw result.cause;
      return result.fresh ? outcomeOf(result.code) : "duplicate";
    }
    const { providerMessageId } = result;
    await deps.publish(toReplySent(reply, { index, message: part.message, providerMessageId, at: deps.now() }));
    if (result.fresh) outcome = "ok";
    if (result.fresh && index === 0) observeLatency(deps, message);
  }
  deps.crashPoint("after_publish_before_ack");
  return outcome;
}

async function toParts(deps: Deps, { event: reply, sequence, replayed, signal }: ReplyMessage): Promise<Part[]> {
  const messages = reply.data.messages.flatMap(deps.prepare);
  if (messages.length === 0) throw new PermanentError("reply-empty", "The reply holds nothing that can be sent.");
  const before = await deps.replyBefore(reply.subject, sequence);
  const waitedMs = before === null ? 0 : deps.now().getTime() - before.publishedAt.getTime();
  return messages.map((message, index) => {
    const key = { organizationId: reply.org, chat: reply.chat, replyId: reply.id, index };
    const { closing } = reply.data;
    const after = index === 0 ? before?.replyId : undefined;
    const claim = { ...key, parts: messages.length, sequence, closing, after, reopen: replayed };
    return { reply, key, claim, message, mayOvertake: waitedMs >= deps.policy.orderWaitMs, signal };
  });
}

async function publishFailures(deps: Deps, parts: readonly Part[], code: string): Promise<void> {
  for (const { reply, key } of parts)
    await deps.publish(toReplyFailed(reply, { index: key.index, code, at: deps.now() }));
}

function outcomeOf(code: string): Outcome {
  if (code === "bot-paused") return "paused";
  return code === "window-closed" || code === "superseded" ? "skipped" : "ok";
}

function observeLatency(deps: Deps, { event: reply, publishedAt }: ReplyMessage): void {
  const now = deps.now().getTime();
  const { respondsTo, debounceMs = 0 } = reply.data;
  const exemplar = { traceId: reply.traceparent?.split("-")[1] };
  deps.metrics.replyStage.observe({ stage: "outbound" }, seconds(now - publishedAt.getTime()));
  if (respondsTo === undefined) return;
  const wallMs = now - Date.parse(respondsTo);
  deps.metrics.replyWall.observe({ channel: "whatsapp" }, seconds(wallMs), exemplar);
  deps.metrics.replyLatency.observe({ channel: "whatsapp" }, seconds(wallMs - debounceMs), exemplar);
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}
