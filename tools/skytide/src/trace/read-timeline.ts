import type { Bus } from "@skytide/bus";
import type { ConversationEvent } from "@skytide/events";
import { type Logged, readEvents } from "../read-events.ts";

interface Wanted {
  /** A conversation by its name on the log, or the id of a message, a reply, a draft or a turn. */
  id: string;
  org: string;
  since?: Date | undefined;
  signal: AbortSignal;
}

/** A conversation's events in log order, and which of them was asked for. */
export interface Timeline {
  org: string;
  chat: string;
  /** Null: the conversation itself. */
  asked: ConversationEvent | null;
  events: Logged[];
}

/** What may stand between the dots of a subject. */
const TOKEN = /^[A-Za-z0-9_-]+$/;
const LANES = ["inbound", "turn", "reply", "receipt"];

/** Reads what the log holds about an id, beside the fleet; null where it knows no such id. */
export async function readTimeline(bus: Bus, wanted: Wanted): Promise<Timeline | null> {
  const { id, org } = wanted;
  const events = TOKEN.test(id) ? await readChat(bus, wanted, { org, chat: id }) : [];
  const [first] = events;
  if (first !== undefined) return { org: first.event.org, chat: id, asked: null, events };
  const filters = ["inbound", "turn", "reply"].map((lane) => `conv.${org}.*.${lane}`);
  for await (const { event } of readEvents(bus, { ...wanted, filters }))
    if (event.id === id || event.turn === id)
      return { org: event.org, chat: event.chat, asked: event, events: await readChat(bus, wanted, event) };
  return null;
}

async function readChat(bus: Bus, wanted: Wanted, { org, chat }: { org: string; chat: string }): Promise<Logged[]> {
  const events: Logged[] = [];
  const filters = LANES.map((lane) => `conv.${org}.${chat}.${lane}`);
  for await (const logged of readEvents(bus, { ...wanted, filters })) events.push(logged);
  return events;
}
