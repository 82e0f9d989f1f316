import type { Bus } from "@skytide/bus";
import { parseEvent } from "@skytide/events";
import type { KnownToDatabase, Store } from "@skytide/store";

/** An appointment as the log told it last. */
interface ToldAppointment {
  organizationId: string;
  chat: string;
  appointmentId: string;
  status: string;
  startsAt: string;
}

/** Where the log and the database differ. */
export interface Divergence {
  /** The log told them, the database has forgotten them: their customers were promised something. */
  forgotten: ToldAppointment[];
  /** Both have them, and say something else. */
  different: (ToldAppointment & { inDatabase: { status: string; startsAt: string | null } })[];
  /** What the database told the log since then, and how many of such events the log has. */
  published: { byDatabase: number; onLog: number };
  /** Messages, by the database, that nobody answered; `onLog`: the log has them, so the brain will. */
  unanswered: { organizationId: string; chat: string; at: string; onLog: boolean }[];
  /** The log stands before what the database has seen of it. */
  sequences: { onLog: number; inDatabase: number };
}

/** Lanes that the relay writes. */
const RELAYED = ["conv.*.*.appointment", "conv.*.*.contact"];

/** Compares what the log and the database say of everything since a time. Changes nothing. */
export async function compare(bus: Bus, store: Pick<Store, "compareWithLog">, since: Date): Promise<Divergence> {
  const { appointments, relayed } = await readTold(bus, since);
  const known = await store.compareWithLog({ since, appointmentIds: [...appointments.keys()] });
  const inDatabase = new Map(known.appointments.map((one) => [one.appointmentId, one]));
  const forgotten: ToldAppointment[] = [];
  const different: Divergence["different"] = [];
  for (const told of appointments.values()) {
    const found = inDatabase.get(told.appointmentId);
    if (found === undefined) forgotten.push(told);
    else if (found.status !== told.status || !isSameInstant(found.startsAt, told.startsAt))
      different.push({ ...told, inDatabase: { status: found.status, startsAt: found.startsAt } });
  }
  const { lastSequence } = await bus.streamInfo("CONVERSATIONS");
  return {
    forgotten,
    different,
    published: { byDatabase: known.published, onLog: relayed },
    unanswered: await Promise.all(known.unanswered.map((one) => withLog(bus, one))),
    sequences: { onLog: lastSequence, inDatabase: known.lastSequence },
  };
}

async function readTold(bus: Bus, since: Date) {
  const appointments = new Map<string, ToldAppointment>();
  let relayed = 0;
  const place = { stream: "CONVERSATIONS", filters: RELAYED, from: { time: since }, live: false } as const;
  for await (const message of bus.follow(place)) {
    const parsed = parseEvent(message.json());
    if (parsed.kind !== "event") continue;
    relayed += 1;
    const { event } = parsed;
    if (!event.type.startsWith("appointment.") || !("appointmentId" in event.data)) continue;
    const { appointmentId, status, startsAt } = event.data;
    appointments.set(appointmentId, { organizationId: event.org, chat: event.chat, appointmentId, status, startsAt });
  }
  return { appointments, relayed };
}

async function withLog(
  bus: Bus,
  one: KnownToDatabase["unanswered"][number],
): Promise<Divergence["unanswered"][number]> {
  const { inbound, state } = await bus.readConversation(one);
  // Behind the state's cursor, or at least as young as the message: the brain has it before it.
  const last = inbound.at(-1)?.publishedAt ?? state?.publishedAt;
  return { ...one, onLog: last !== undefined && last.getTime() >= Date.parse(one.at) - CLOCKS_MS };
}

/** A message's time is the provider's, the log's is the server's. */
const CLOCKS_MS = 2_000;

function isSameInstant(one: string | null, other: string): boolean {
  return one !== null && Date.parse(one) === Date.parse(other);
}
