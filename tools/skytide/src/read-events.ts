import type { Bus } from "@skytide/bus";
import { type ConversationEvent, parseEvent } from "@skytide/events";

/** An event with when the log had it. */
export interface Logged {
  event: ConversationEvent;
  loggedAt: Date;
}

interface Reading {
  filters: readonly string[];
  since?: Date | undefined;
  signal: AbortSignal;
}

/** What of the log's events can be read, in log order, up to what is there now; beside the fleet. */
export async function* readEvents(bus: Bus, { filters, since, signal }: Reading): AsyncGenerator<Logged> {
  const from = since === undefined ? "first" : { time: since };
  for await (const message of bus.follow({ stream: "CONVERSATIONS", filters, from, live: false, signal })) {
    const parsed = parseEvent(jsonOf(message));
    if (parsed.kind === "event") yield { event: parsed.event, loggedAt: message.publishedAt };
  }
}

function jsonOf(message: { json(): unknown }): unknown {
  try {
    return message.json();
  } catch {
    return null;
  }
}
