import type { Bus } from "@skytide/bus";
import type { ConversationEvent } from "@skytide/events";
import { readEvents } from "../read-events.ts";

interface Wanted {
  /** Id of a reply, of its draft, or of the turn. */
  id: string;
  org: string;
  chat: string;
  since?: Date | undefined;
  signal: AbortSignal;
}

/** All that the log holds about one turn of one conversation. */
export interface TurnRecord {
  org: string;
  chat: string;
  turn: string | null;
  /** What belongs to the turn: what it read, what it did, what became of its reply; in log order. */
  events: ConversationEvent[];
}

/** Finds a reply by its id and reads everything of its turn; null where the log knows no such id. */
export async function readTurn(bus: Bus, wanted: Wanted): Promise<TurnRecord | null> {
  const named = await findNamed(bus, wanted);
  if (named === null) return null;
  const { org, chat, turn = null } = named;
  const all: ConversationEvent[] = [];
  const lanes = ["inbound", "turn", "reply", "receipt", "handoff"].map((lane) => `conv.${org}.${chat}.${lane}`);
  for await (const { event } of readEvents(bus, { ...wanted, filters: lanes })) all.push(event);
  const replies = new Set(all.filter((event) => isOfTurn(event, turn) || event.id === named.id).map(({ id }) => id));
  const read = new Set(
    all.flatMap((event) => (isOfTurn(event, turn) && "messageIds" in event.data ? event.data.messageIds : [])),
  );
  const belongs = (event: ConversationEvent) =>
    replies.has(event.id) ||
    read.has(event.id) ||
    speaksOf(event, "messageId", read) ||
    speaksOf(event, "replyId", replies);
  return { org, chat, turn, events: all.filter(belongs) };
}

async function findNamed(bus: Bus, wanted: Wanted): Promise<ConversationEvent | null> {
  const lanes = ["reply", "turn"].map((lane) => `conv.${wanted.org}.${wanted.chat}.${lane}`);
  for await (const { event } of readEvents(bus, { ...wanted, filters: lanes }))
    if (event.id === wanted.id || event.turn === wanted.id) return event;
  return null;
}

function isOfTurn(event: ConversationEvent, turn: string | null): boolean {
  return turn !== null && event.turn === turn;
}

function speaksOf(event: ConversationEvent, field: "messageId" | "replyId", ids: ReadonlySet<string>): boolean {
  const named = (event.data as Record<string, unknown>)[field];
  return typeof named === "string" && ids.has(named);
}
