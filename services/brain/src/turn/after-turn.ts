import { conversationSubject } from "@skytide/events";
import type { ConversationId, TurnDeps } from "./turn-types.ts";

/** How long a message that came while its conversation was busy waits at least. */
const BUSY_MS = 1_000;
/** The state lane is trimmed when a state lands on a multiple of this sequence: now and then, without counting. */
const TRIM_EVERY = 8;
const STATES_KEPT = 4;

/** Looks once more for messages that the turn did not read, and arms the timer where there are. */
export async function armForNewer(
  deps: Pick<TurnDeps, "log" | "timers" | "now">,
  conversation: ConversationId,
  readUpTo: number,
): Promise<void> {
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "inbound");
  if ((await deps.log.lastSequence(subject)) <= readUpTo) return;
  const now = deps.now();
  await deps.timers.armLater(conversation, new Date(now.getTime() + BUSY_MS), "busy", now);
}

/** Keeps the state lane short. */
export async function trimSometimes(
  deps: Pick<TurnDeps, "log">,
  { organizationId, chat }: ConversationId,
  lastState: number,
): Promise<void> {
  if (lastState % TRIM_EVERY !== 0 || lastState === 0) return;
  await deps.log.trim(conversationSubject(organizationId, chat, "state"), STATES_KEPT);
}
