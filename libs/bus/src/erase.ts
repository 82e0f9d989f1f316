import { conversationSubject, dueSubject, LANES, timerSubject } from "@skytide/events";
import { follow } from "./follow.ts";
import { jetStreamOf } from "./internals.ts";
import { countSubjects } from "./read.ts";
import { removeMessage } from "./remove-message.ts";
import { purgeSubject } from "./timers.ts";
import type { Bus } from "./types.ts";

/** A conversation, and the appointments whose reminders belong to it. */
export interface ErasedConversation {
  organizationId: string;
  chat: string;
  appointmentIds: readonly string[];
}

/** The one event that stays: it tells subscribers what they have to forget. */
const STAYS = "contact.erased";

/**
 * Removes a conversation from the log: its events one by one, so that the server overwrites their bytes, then timers, what they
 * fired, and dead letters. Answers how many events were removed; again removes what came since.
 */
export async function eraseConversation(bus: Bus, conversation: ErasedConversation): Promise<number> {
  const jetStream = jetStreamOf(bus);
  const { organizationId, chat } = conversation;
  const filters = LANES.map((lane) => conversationSubject(organizationId, chat, lane));
  let erased = 0;
  for await (const message of follow(jetStream, { stream: "CONVERSATIONS", filters, from: "first" })) {
    if (typeOf(message.json) === STAYS) continue;
    await removeMessage(jetStream, "CONVERSATIONS", message.sequence);
    erased += 1;
  }
  for (const [stream, subject] of besideTheLog(conversation)) await purgeSubject(jetStream, stream, subject);
  return erased;
}

/** What of a conversation is still on the log, by subject; a `contact.erased` may stand alone on the contact lane. */
export async function findOnLog(bus: Bus, conversation: ErasedConversation): Promise<Readonly<Record<string, number>>> {
  const jetStream = jetStreamOf(bus);
  const { organizationId, chat } = conversation;
  const places = [
    ...LANES.map((lane) => ["CONVERSATIONS", conversationSubject(organizationId, chat, lane)] as const),
    ...besideTheLog(conversation),
  ];
  const left: Record<string, number> = {};
  for (const [stream, filter] of places) Object.assign(left, await countSubjects(jetStream, stream, filter));
  return left;
}

function besideTheLog({
  organizationId,
  chat,
  appointmentIds,
}: ErasedConversation): [stream: string, subject: string][] {
  const timers = [
    ...(["turn", "handoff"] as const).map((kind) => [kind, chat] as const),
    ...appointmentIds.map((id) => ["reminder", id] as const),
  ];
  return [
    ...timers.flatMap(([kind, key]): [string, string][] => [
      ["TIMERS", timerSubject(kind, organizationId, key)],
      ["TIMERS", dueSubject(kind, organizationId, key)],
    ]),
    ["DEADLETTERS", `dead.*.${organizationId}.${chat}`],
    ["DEADLETTERS", `retry.*.${organizationId}.${chat}`],
  ];
}

function typeOf(json: () => unknown): unknown {
  try {
    return (json() as { type?: unknown }).type;
  } catch {
    // Not JSON: it goes like everything else.
    return undefined;
  }
}
