import { PermanentError } from "@skytide/errors";
import type { ReplyRequested } from "@skytide/events";
import type { Deps, Part, ReplyMessage } from "./deps.ts";

/** A reminder of something that has begun is worth nothing. */
export function isExpired({ now }: Pick<Deps, "now">, { data }: ReplyRequested): boolean {
  return data.reminder !== undefined && Date.parse(data.reminder.startsAt) <= now().getTime();
}

/** The messages of a reply as they are claimed and sent. */
export async function toParts(deps: Deps, message: ReplyMessage): Promise<Part[]> {
  const { event: reply, sequence, replayed, signal } = message;
  const messages = reply.data.messages.flatMap(deps.prepare);
  if (messages.length === 0) throw new PermanentError("reply-empty", "The reply holds nothing that can be sent.");
  const { before, mayOvertake } = await predecessor(deps, message);
  return messages.map((message, index) => {
    const key = { organizationId: reply.org, chat: reply.chat, replyId: reply.id, index };
    const { closing, reminder } = reply.data;
    const after = index === 0 ? before?.replyId : undefined;
    const claim = {
      ...key,
      parts: messages.length,
      sequence,
      closing,
      after,
      reopen: replayed,
      reminder: reminder !== undefined,
    };
    return { reply, key, claim, message, rest: messages.slice(index + 1), mayOvertake, signal };
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
