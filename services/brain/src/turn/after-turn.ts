import { conversationSubject } from "@skytide/events";
import type { Running } from "./attempt-turn.ts";
import type { Conversed } from "./converse.ts";
import { afterQuietHours, nudgeAt } from "./nudge.ts";
import type { BegunTurn, ConversationId, TurnDeps } from "./turn-types.ts";

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

/** Arms the nudge of a proposal that was just shown. Stored first, armed second: a crash in between costs the nudge alone. */
export async function armNudge(
  deps: Pick<TurnDeps, "chart" | "timers" | "now">,
  { channel = "whatsapp", conversation, input }: Pick<Running, "channel" | "conversation" | "input">,
  { organization }: BegunTurn,
  { answering, replies, snapshot }: Conversed,
  isDraft: boolean,
): Promise<void> {
  if (isDraft || channel !== "whatsapp" || !answering || replies.length === 0 || !deps.chart.mayNudge(snapshot)) return;
  const now = deps.now();
  const at = nudgeAt(organization, now, new Date(input.customer?.lastMessageAt ?? now));
  if (at !== null) await deps.timers.armNudge(conversation, at);
}

/** A fired nudge is only a trigger: whether somebody is asked now, the organization's settings of today decide. */
export async function isNudgeDue(
  deps: Pick<TurnDeps, "timers" | "now">,
  { conversation }: Pick<Running, "conversation">,
  { organization }: BegunTurn,
): Promise<boolean> {
  if ((organization.settings.nudgeMinutes ?? null) === null) return false;
  const now = deps.now();
  const at = afterQuietHours(organization, now);
  if (at <= now) return true;
  await deps.timers.armNudge(conversation, at);
  return false;
}
