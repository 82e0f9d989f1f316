import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { addSubscriber, SUBSCRIBER_API } from "@skytide/bus";
import { createEvent, derivedEventId, type EventOf } from "@skytide/events";
import { newConversation, type TestConversation } from "@skytide/testing";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { isSigned } from "../examples/webhooks/sign.ts";
import { type AccountsServer, ask, startAccountsServer } from "../libs/bus/test/accounts-server.ts";

const EXAMPLES = join(import.meta.dirname, "..", "examples");
let server: AccountsServer;
let folder: string;
beforeAll(async () => {
  server = await startAccountsServer();
  folder = await mkdtemp(join(tmpdir(), "skytide-examples-"));
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A subscriber of a new organization, and the environment of its program. */
async function newSubscriber() {
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
    ...{ PATH: process.env.PATH, HOME: folder, NATS_URL: server.url, NATS_NKEY_SEED: seed },
    ...{ SKYTIDE_STREAM: "CONVERSATIONS", SKYTIDE_DURABLE: name, SKYTIDE_API_PREFIX: SUBSCRIBER_API },
  };
  return { conversation, env };
}

function run(program: string, argument: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [join(EXAMPLES, program), argument], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr?.on("data", (text) => process.stderr.write(text));
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

type Booked = EventOf<"appointment.booked">;

function appointment(
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
async function publishBookings(conversation: TestConversation, count: number): Promise<Map<string, string>> {
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
function readTable(path: string): Map<string, string> {
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
function countSeen(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare("select count(*) as seen from seen").get();
  database.close();
  return Number(row?.seen);
}

test("a subscriber killed in the middle and started again has every booking once", { timeout: 60_000 }, async () => {
  const { conversation, env } = await newSubscriber();
  const path = join(folder, "bookings.sqlite");
  const wanted = await publishBookings(conversation, 120);
  const first = run("bookings/subscriber.ts", path, env);
  await vi.waitFor(() => expect(readTable(path).size).toBeGreaterThan(20), { timeout: 15_000, interval: 5 });
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(readTable(path).size).toBeLessThan(wanted.size);
  const second = run("bookings/subscriber.ts", path, env);
  await vi.waitFor(() => expect(readTable(path)).toEqual(wanted), { timeout: 20_000, interval: 200 });
  const more = await publishBookings(conversation, 5);
  await vi.waitFor(() => expect(readTable(path)).toEqual(new Map([...wanted, ...more])), { timeout: 10_000 });
  expect(countSeen(path)).toBe(120 + 60 + 5 + 3);
  second.kill("SIGTERM");
  expect(await once(second, "exit")).toEqual([0, null]);
});

test("a webhook gets every event signed; what fails comes again, what is refused becomes a dead letter", async () => {
  const { conversation, env } = await newSubscriber();
  const secret = "a-secret-of-the-receiver";
  const ids = [...Array(4)].map(() => crypto.randomUUID());
  const taken: string[] = [];
  const tries = new Map<string, number>();
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString("utf8");
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    expect(isSigned(secret, headers, body)).toBe(true);
    expect(isSigned(secret, headers, `${body} `)).toBe(false);
    expect(isSigned("another", headers, body)).toBe(false);
    expect(isSigned(secret, headers, body, new Date(Date.now() + 600_000))).toBe(false);
    const { data, specversion } = JSON.parse(body);
    expect([specversion, headers["content-type"]]).toEqual(["1.0", "application/cloudevents+json"]);
    const times = (tries.get(data.appointmentId) ?? 0) + 1;
    tries.set(data.appointmentId, times);
    // The first fails twice, the second is refused, the third always fails.
    const place = ids.indexOf(data.appointmentId);
    const status = place === 0 && times <= 2 ? 503 : place === 1 ? 422 : place === 2 ? 500 : 204;
    if (status === 204) taken.push(data.appointmentId);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void receiver.close());
  const address = receiver.address();
  const WEBHOOK_URL = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const ingest = await server.busOf("ingest");
  for (const id of ids) await ingest.publish(appointment(conversation, id, "appointment.booked"));
  const letters = join(folder, "dead-letters.jsonl");
  const settings = { WEBHOOK_URL, WEBHOOK_SECRET: secret, WEBHOOK_ATTEMPTS: "3", WEBHOOK_PAUSE_MS: "50" };
  const bridge = run("webhooks/bridge.ts", letters, { ...env, ...settings });
  await vi.waitFor(() => expect(readFileSync(letters, "utf8").trim().split("\n")).toHaveLength(2), { timeout: 15_000 });
  await vi.waitFor(() => expect(taken.toSorted()).toEqual([ids[0], ids[3]].toSorted()), { timeout: 10_000 });
  expect(ids.map((id) => tries.get(id))).toEqual([3, 1, 3, 1]);
  const dead = readFileSync(letters, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(dead.map(({ verdict, attempts }) => `${verdict} ${attempts}`).toSorted()).toEqual(["again 3", "refused 1"]);
  expect(JSON.stringify(dead)).not.toContain(conversation.chat);
  bridge.kill("SIGTERM");
  expect(await once(bridge, "exit")).toEqual([0, null]);
});

test("the pipe behind the nats command line fills the same table; the command line itself is a stand-in", async () => {
  const conversation = newConversation();
  const id = crypto.randomUUID();
  const events = ["appointment.booked", "appointment.cancelled"] as const;
  const lines = [...events, ...events].map((type, index) => ({
    ...appointment(conversation, id, type),
    time: new Date(Date.UTC(2026, 10, 22, 12, index % 2)).toISOString(),
  }));
  const nats = join(folder, "nats");
  await writeFile(nats, `#!/bin/sh\ncat <<'EOF'\n${lines.map((line) => JSON.stringify(line)).join("\n")}\nEOF\n`);
  await chmod(nats, 0o755);
  const path = join(folder, "cli.sqlite");
  const PATH = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { PATH, NATS_URL: server.url, NATS_NKEY_SEED: "SU", SKYTIDE_DURABLE: "ext" };
  await promisify(execFile)(join(EXAMPLES, "nats-cli", "bookings.sh"), [path], { env });
  expect(readTable(path)).toEqual(new Map([[id, "cancelada"]]));
});
