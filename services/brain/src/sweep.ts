import { type Bus, READ_HEADER } from "@skytide/bus";
import { parseConversationSubject } from "@skytide/events";
import type { TurnTimers } from "./timers.ts";
import { type ConversationId, readTurnInput } from "./turn/index.ts";

interface SweepDeps {
  log: Pick<Bus, "follow" | "readConversation">;
  timers: Pick<TurnTimers, "armUnlessPending">;
  /** Those get their turn when their pause is over. */
  isPaused(conversation: ConversationId): Promise<boolean>;
  now(): Date;
}

interface Window {
  /** Messages since then … */
  since: Date;
  /** … up to then: younger ones have a timer or a turn that is being repeated. */
  until: Date;
  signal: AbortSignal;
}

/** A conversation by the headers of its messages alone. */
interface Seen extends ConversationId {
  lastInbound: number;
  /** How far its state has read. */
  read: number;
}

/** Finds conversations whose messages nobody answers although no timer is pending, and arms them; says how many. */
export function createSweep({ log, timers, isPaused, now }: SweepDeps): (window: Window) => Promise<number> {
  return async (window) => {
    let found = 0;
    for (const { organizationId, chat } of await findUnread(log, window)) {
      if (window.signal.aborted) return found;
      const conversation = await log.readConversation({ organizationId, chat });
      const before = conversation.state?.event.data ?? { seen: [], pendingMedia: [] };
      const read = readTurnInput(conversation, before, { now: now(), mediaWaitMs: 0 });
      if (read.kind !== "ready" || (await isPaused({ organizationId, chat }))) continue;
      if (await timers.armUnlessPending({ organizationId, chat }, read.input.firstAt)) found += 1;
    }
    return found;
  };
}

/** Conversations with a message in the window that no state has read yet: one pass over headers, no bodies. */
async function findUnread(log: SweepDeps["log"], { since, until, signal }: Window): Promise<Seen[]> {
  const conversations = new Map<string, Seen>();
  const filters = ["conv.*.*.inbound", "conv.*.*.state"];
  const place = { stream: "CONVERSATIONS", name: "sweep", filters, from: { time: since } };
  const messages = log.follow({ ...place, headersOnly: true, signal });
  for await (const { subject, sequence, publishedAt, headers } of messages) {
    const parsed = parseConversationSubject(subject);
    if (parsed === null) continue;
    const { organizationId, chat, lane } = parsed;
    const key = `${organizationId}.${chat}`;
    const seen = conversations.get(key) ?? { organizationId, chat, lastInbound: 0, read: 0 };
    conversations.set(key, seen);
    // A state of an older version does not say how far it has read: at most up to itself.
    if (lane === "state") seen.read = Number(headers[READ_HEADER] ?? sequence);
    else if (publishedAt <= until) seen.lastInbound = sequence;
  }
  return [...conversations.values()].filter(({ lastInbound, read }) => lastInbound > read);
}
