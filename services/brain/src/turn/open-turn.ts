import type { Conversation } from "@skytide/bus";
import { derivedEventId } from "@skytide/events";
import { hasActed, headerOf, type TurnHeader } from "./turn-journal.ts";
import type { ConversationId, TurnDeps } from "./turn-types.ts";

/** The journal's key of the turn that follows a state. */
export function turnKey({ organizationId, chat }: ConversationId, lastState: number): string {
  return `${organizationId}.${chat}.${lastState}`;
}

/** The journal of the turn that follows this state. A turn that has acted goes on as it was read; any other starts over when there is more to read. */
export async function openTurn(
  deps: Pick<TurnDeps, "journals" | "now">,
  conversation: ConversationId,
  loaded: Conversation,
) {
  const { organizationId, chat } = conversation;
  const key = turnKey(conversation, loaded.last.state);
  const limit = { inbound: loaded.last.inbound, handoff: loaded.last.handoff };
  const turnId = derivedEventId("turn", organizationId, chat, loaded.last.state, limit.inbound, limit.handoff);
  const fresh: TurnHeader = { turnId, now: deps.now().toISOString(), limit };

  const journal = await deps.journals.open(key);
  const recorded = headerOf(journal);
  if (recorded === null) return { journal, header: fresh };
  if (hasActed(journal) || recorded.turnId === turnId) return { journal, header: recorded };
  await journal.drop();
  return { journal: await deps.journals.open(key), header: fresh };
}
