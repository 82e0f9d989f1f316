import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { listSubscribers, openReplay } from "@skytide/bus";
import { newConversation } from "@skytide/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openBookings } from "../examples/bookings/bookings-table.ts";
import { openPace } from "../examples/pace.ts";
import { type AccountsServer, startAccountsServer } from "../libs/bus/test/accounts-server.ts";
import { appointment, newSubscriber, publishBookings, readTable, run } from "./example-programs.ts";

let server: AccountsServer;
let folder: string;
beforeAll(async () => {
  server = await startAccountsServer();
  folder = await mkdtemp(join(tmpdir(), "skytide-replays-"));
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("an unknown version and an unknown type hold nothing up: they are noted with their place, and change no booking", async () => {
  const { conversation, env } = await newSubscriber(server);
  const path = join(folder, "unknown.sqlite");
  const ids = [...Array(2)].map(() => crypto.randomUUID());
  const ingest = await server.clientOf("ingest");
  const [first, last] = ids.map((id) => appointment(conversation, id, "appointment.booked"));
  const cancelled = appointment(conversation, ids[0] ?? "", "appointment.cancelled");
  // The same appointment in words of tomorrow: read as version 1 it would be a cancellation, or a crash.
  const events = [
    first,
    { ...cancelled, id: "newer", dataschema: "skytide/appointment.cancelled/v2" },
    { ...cancelled, id: "reshaped", dataschema: "skytide/appointment.cancelled/v3", data: { appointment: {} } },
    { ...cancelled, id: "other", type: "appointment.moved", dataschema: "skytide/appointment.moved/v1", data: {} },
    last,
  ];
  for (const event of events) {
    await ingest.jetstream().publish(first?.subject ?? "", JSON.stringify(event), { msgID: `unknown ${event?.id}` });
  }
  run("bookings/subscriber.ts", path, env);
  await vi.waitFor(() => expect(readTable(path)).toEqual(new Map(ids.map((id) => [id, "programada"]))), {
    timeout: 15_000,
  });
  const database = new DatabaseSync(path, { readOnly: true });
  const noted = database.prepare("select event_id as id, sequence from unknown order by sequence").all();
  database.close();
  expect(noted.map(({ id }) => id)).toEqual(["newer", "reshaped", "other"]);
  await vi.waitFor(async () => {
    const [subscriber] = await listSubscribers(server.operator, conversation.organizationId);
    expect(subscriber).toMatchObject({ pending: 0, ackPending: 0 });
  });
});

test("a replay with a rate is read at that pace, completely, while the live durable stays where it is", async () => {
  const { conversation, env } = await newSubscriber(server);
  const path = join(folder, "replay.sqlite");
  const wanted = await publishBookings(server, conversation, 5);
  const [subscriber] = await listSubscribers(server.operator, conversation.organizationId);
  if (!subscriber) throw new Error("no subscriber");
  const rate = 4;
  const durable = await openReplay(server.operator, subscriber, { from: { sequence: 1 }, rate });
  const began = performance.now();
  run("bookings/subscriber.ts", path, { ...env, SKYTIDE_DURABLE: durable });
  await vi.waitFor(() => expect(readTable(path)).toEqual(wanted), { timeout: 20_000, interval: 50 });
  // Never sooner, however busy the machine is: nine events have eight pauses between them.
  expect(performance.now() - began).toBeGreaterThan((8 * 1_000) / rate);
  const [live] = await listSubscribers(server.operator, conversation.organizationId);
  expect(live?.pending).toBe(subscriber.pending);
});

test("an event that stands on the log twice is no news, in whatever order its copies come", async () => {
  const conversation = newConversation();
  const orders = [0, 1, 2].flatMap((one) => [0, 1, 2].flatMap((two) => [0, 1, 2].map((three) => [one, two, three])));
  const wanted = new Map<string, string>();
  const path = join(folder, "orders.sqlite");
  const bookings = openBookings(path);
  for (const order of orders.filter((each) => new Set(each).size === 3)) {
    const id = crypto.randomUUID();
    const booked = appointment(conversation, id, "appointment.booked");
    const log = [booked, appointment(conversation, id, "appointment.cancelled"), booked];
    for (const place of [...order, ...order]) bookings.apply(log[place] ?? booked, place + 1);
    wanted.set(id, "cancelada");
  }
  bookings.close();
  expect(wanted.size).toBe(6);
  expect(readTable(path)).toEqual(wanted);
});

test("the pace of a replay is even, and what a pause left free is not caught up", async () => {
  const clock = {
    at: 1_000,
    now: () => clock.at,
    async sleep(ms: number) {
      clock.at += ms;
    },
  };
  const pace = openPace(4, clock);
  const taken: number[] = [];
  for (let index = 0; index < 6; index += 1) {
    if (index === 3) clock.at += 10_000;
    await pace();
    taken.push(clock.at);
  }
  expect(taken).toEqual([1_000, 1_250, 1_500, 11_500, 11_750, 12_000]);
  const free = openPace(undefined, clock);
  for (let index = 0; index < 100; index += 1) await free();
  expect(clock.at).toBe(12_000);
});
