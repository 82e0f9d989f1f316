import { type ConversationEvent, conversationSubject, type StateCommitted } from "@skytide/events";
import type { Channel, ConversationId, TurnDeps } from "./turn-types.ts";

type Asked = StateCommitted["data"]["asked"];

/**
 * The turn whose question did not reach the customer where this turn listens: one of its messages was reported failed, or it
 * was asked on the other channel. Null where it arrived, as far as anybody knows.
 */
export async function unheardTurn(
  log: Pick<TurnDeps["log"], "readLane">,
  { organizationId, chat }: ConversationId,
  asked: Asked,
  channel: Channel,
): Promise<string | null> {
  if (asked === undefined) return null;
  if (asked.channel !== channel) return asked.turn;
  if (channel === "invoke") return null;
  const receipts = await log.readLane(conversationSubject(organizationId, chat, "receipt"), asked.receiptsAfter);
  return hasFailed(
    receipts.map(({ event }) => event),
    asked.turn,
  )
    ? asked.turn
    : null;
}

/** Outbound names the turn of what it could not send; the provider names only its own ids of what it had accepted. */
function hasFailed(receipts: readonly ConversationEvent[], turn: string): boolean {
  const sent = new Set(
    receipts.flatMap((event) =>
      event.type === "reply.sent" && event.turn === turn ? [event.data.providerMessageId] : [],
    ),
  );
  return receipts.some((event) => {
    if (event.type !== "reply.failed") return false;
    const ids = [event.data.providerMessageId ?? "", ...event.data.otherIds];
    return event.turn === turn || ids.some((id) => sent.has(id));
  });
}
