import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { addSubscriber, SUBSCRIBER_API } from "@skytide/bus";
import { createEvent, derivedEventId, type EventOf } from "@skytide/events";
import { MACHINE_ENV, newConversation, type TestConversation } from "@skytide/testing";
import { expect, onTestFinished } from "vitest";
import { type AccountsServer, ask } from "../libs/bus/test/accounts-server.ts";

export const EXAMPLES = join(import.meta.dirname, "..", "examples");

/** A subscriber of a new organization, and the environment of its program. */
export async function newSubscriber(server: AccountsServer) {
  const conversation = newConversation();
  const { organizationId } = conversation;
  const { name, seed } = await addSubscriber(server.operator, { organizationId, label: "example" });
  // What a crash leaves unacknowledged comes again soon.
  const operator = await server.clientOf("operator");
  const { config } = JSON.parse(await ask(operator, `$JS.API.CONSUMER.INFO.CONVERSATIONS.${name}`));
  const body = { stream_name: "CONVERSATIONS", config: { ...config, ack_wait: 1_000_000_000 }, action: "update" };
  expect(await ask(operator, `$JS.API.CONSUMER.CREATE.CONVERSATIONS.${name}`, body)).not.toContain("error");
  await server.reload();
  const env = {
    ...{ ...MACHINE_ENV, NATS_URL: server.url, NATS_NKEY_SEED: seed },
    ...{ SKYTIDE_STREAM: "CONVERSATIONS", SKYTIDE_DURABLE: name, SKYTIDE_API_PREFIX: SUBSCRIBER_API },
  };
  return { conversation, env };
}

/** Starts a program of examples/ until the test ends. */
export function run(program: string, argument: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [join(EXAMPLES, program), argument], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr?.on("data", (text) => process.stderr.write(text));
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

type Booked = EventOf<"appointment.booked">;

/** An event of an appointment as ingest publishes it. */
export function appointment(
  { organizationId, chat }: TestConversation,
  appointmentId: string,
  type: "appointment.booked" | "appointment.cancelled",
): Booked {
  const booked = type === "appointment.booked";
  return createEvent({
    ...{
      type: type as "appointment.booked",
      id: derivedEventId(appointmentId, type),
      source: "ingest",
      time: new Date(),
    },
    ...{ organizationId, chat },
    data: {
      ...{ appointmentId, contactId: crypto.randomUUID(), serviceId: null, memberId: null },
      ...{ date: "2026-12-01", startTime: "09:00", endTime: "10:00", startsAt: "2026-12-01T14:00:00Z" },
      ...{ timezone: "America/Bogota", status: booked ? "programada" : "cancelada" },
    },
  });
}

/** Bookings, half of them cancelled, some events twice on the log. */
export async function publishBookings(server: AccountsServer, conversation: TestConversation, count: number) {
  const ingest = await server.busOf("ingest");
  const wanted = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const id = crypto.randomUUID();
    await ingest.publish(appointment(conversation, id, "appointment.booked"));
    if (index % 2 === 0) await ingest.publish(appointment(conversation, id, "appointment.cancelled"));
    // The same event under another message id: what the server's window does not catch.
    if (index % 5 === 0)
      await ingest.publish(appointment(conversation, id, "appointment.booked"), { messageId: crypto.randomUUID() });
    wanted.set(id, index % 2 === 0 ? "cancelada" : "programada");
  }
  return wanted;
}

/** The table as the program left it: the status by appointment. Throws when an event was counted twice. */
export function readTable(path: string): Map<string, string> {
  if (!existsSync(path)) return new Map();
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare("select appointment_id as id, status, changes from bookings").all();
    // An appointment has two events at most; one that comes again after a crash may be older than what is there.
    if (rows.some(({ changes }) => Number(changes) > 2)) throw new RangeError("an event counted twice");
    return new Map(rows.map(({ id, status }) => [String(id), String(status)]));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return new Map();
  } finally {
    database.close();
  }
}

/** How many different events the program has taken in. */
export function countSeen(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare("select count(*) as seen from seen").get();
  database.close();
  return Number(row?.seen);
}
