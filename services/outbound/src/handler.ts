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
    if (!result.fresh) continue;
    outcome = "ok";
    observeSent(deps, message, index);
  }
  deps.crashPoint("after_publish_before_ack");
  return outcome;
}

async function toParts(deps: Deps, message: ReplyMessage): Promise<Part[]> {
  const { event: reply, sequence, replayed, signal } = message;
  const messages = reply.data.messages.flatMap(deps.prepare);
  if (messages.length === 0) throw new PermanentError("reply-empty", "The reply holds nothing that can be sent.");
  const { before, mayOvertake } = await predecessor(deps, message);
  return messages.map((message, index) => {
    const key = { organizationId: reply.org, chat: reply.chat, replyId: reply.id, index };
    const { closing } = reply.data;
    const after = index === 0 ? before?.replyId : undefined;
    const claim = { ...key, parts: messages.length, sequence, closing, after, reopen: replayed };
    return { reply, key, claim, message, mayOvertake, signal };
  });
}

/** The reply that has to be settled first, unless it had its time. */
async function predecessor(deps: Deps, { event: reply, sequence, publishedAt }: ReplyMessage) {
  const { orderWaitMs } = deps.policy;
  // A replay is published later than the reply that it repeats.
  const since = new Date(Math.min(publishedAt.getTime(), Date.parse(reply.time)) - orderWaitMs);
  const before = await deps.replyBefore(reply.subject, { sequence, since });
  const age = before === null ? 0 : deps.now().getTime() - before.publishedAt.getTime();
  return { before, mayOvertake: age >= orderWaitMs };
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
  deps.log.event("reply-sent", { org: reply.org, conversation: reply.chat, replyId: reply.id, index, durationMs });
  if (index > 0) return;
  const { respondsTo, debounceMs = 0 } = reply.data;
  const exemplar = { traceId: reply.traceparent?.split("-")[1] };
  deps.metrics.replyStage.observe({ stage: "outbound" }, seconds(durationMs));
  if (respondsTo === undefined) return;
  const wallMs = now - Date.parse(respondsTo);
  deps.metrics.replyWall.observe({ channel: "whatsapp" }, seconds(wallMs), exemplar);
  deps.metrics.replyLatency.observe({ channel: "whatsapp" }, seconds(wallMs - debounceMs), exemplar);
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}
