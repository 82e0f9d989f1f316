import { chatOf, conversationSubject } from "@skytide/events";
import { v2Message, v2Receipt, v3Echo } from "@skytide/gupshup/testing";
import { createStore } from "@skytide/store";
import { test as baseTest, buildEvent, demo } from "@skytide/testing";
import { expect, vi } from "vitest";
import { hashKeys } from "./builders.ts";
import { spawnIngest } from "./ingest-process.ts";

const { organizationId, members, services, carlosContactId } = demo.aurora;
const chatOfPhone = (phone: string) => chatOf(hashKeys, organizationId, "whatsapp", phone);
const laura = { organizationId, chat: chatOfPhone(demo.customers.laura) };
const within = { timeout: 60_000, interval: 50 };

/** Ingest with all its roles on a real log and a real database. */
const test = baseTest.extend("ingest", async ({ nats, bus: _, database }) => {
  const { url, serviceRoleKey } = database;
  const ingest = await spawnIngest({
    NATS_URL: nats.url,
    SUPABASE_URL: url,
    SUPABASE_SERVICE_ROLE_KEY: serviceRoleKey,
  });
  await vi.waitFor(async () => expect(await ingest.admin("/readyz")).toBe(200), { timeout: 60_000, interval: 50 });
  return ingest;
});

test("what a customer writes and what becomes of the answers ends in chat_messages, once", async ({
  ingest,
  bus,
  database,
}) => {
  const rows = () =>
    database.sql(
      `select m.direction, m.message, m.message_status as status from chat_messages m join chat_identities i on i.id = m.chat_identity_id
       where i.organization_id = $1 and i.platform_user_id = $2 order by m.direction, m.timestamp`,
      [organizationId, demo.customers.laura],
    );
  const hello = v2Message("text", { text: "Hola, quiero una cita" }, { id: "wamid.db-1" });
  expect(await ingest.post(hello)).toBe(200);
  await vi.waitFor(async () => expect(await rows()).toHaveLength(1), within);

  // Receipts overtake the send that they speak of.
  expect(await ingest.post(v2Receipt({ type: "read", gsId: "send-db-1" }))).toBe(200);
  const at = new Date().toISOString();
  const sent = { replyId: "r-1", index: 0, providerMessageId: "send-db-1", at, text: "¡Hola!" };
  await bus.publish(buildEvent(laura, "reply.sent", sent, "sent-db-1"));
  expect(await ingest.post(v2Receipt({ type: "delivered", gsId: "send-db-1" }))).toBe(200);
  expect(await ingest.post(v3Echo("Ya te atiendo yo"))).toBe(200);
  expect(await ingest.post(hello)).toBe(200);

  const expected = [
    { direction: "incoming", message: "Hola, quiero una cita", status: "delivered" },
    { direction: "outgoing", message: "Ya te atiendo yo", status: "sent" },
    { direction: "outgoing", message: "¡Hola!", status: "read" },
  ];
  await vi.waitFor(async () => expect(await rows()).toEqual(expect.arrayContaining(expected)), within);
  await vi.waitFor(
    async () =>
      expect(await bus.consumerInfo("CONVERSATIONS", "recorder")).toMatchObject({ pending: 0, ackPending: 0 }),
    within,
  );

  // All of it once more, as after a lost acknowledgement.
  const { inbound } = await bus.readConversation(laura);
  const store = createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey });
  const again = await store.recordEvents([...inbound.map(({ event }) => event), buildEvent(laura, "reply.sent", sent)]);
  expect(again.recorded).toBe(0);
  expect(await rows()).toHaveLength(3);
}, 60_000);

test("changes in the CRM stand on the log soon, each once", async ({ ingest, bus, database }) => {
  const pending = async () => (await database.sql("select 1 from outbox where published_at is null")).length;
  await vi.waitFor(async () => expect(await pending()).toBe(0), within);
  const before = (await bus.streamInfo("CONVERSATIONS")).messages;

  const [appointment] = await database.sql<{ id: string }>(
    `insert into appointments (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status)
     values ($1, $2, $3, $4, (now() + interval '20 days')::date, '10:00', '11:00', 'programada') returning id`,
    [organizationId, carlosContactId, members.valentina, services.massage],
  );
  await vi.waitFor(async () => expect(await pending()).toBe(0), within);
  await database.sql("update appointments set status = 'cancelada' where id = $1", [appointment?.id]);
  await vi.waitFor(async () => expect(await pending()).toBe(0), within);

  expect((await bus.streamInfo("CONVERSATIONS")).messages - before).toBe(2);
  const lane = conversationSubject(organizationId, chatOfPhone(demo.customers.carlos), "appointment");
  expect(await bus.lastSequence(lane)).toBeGreaterThan(0);

  // Said again, as by a relay that was killed before it marked the row: the log has it already.
  await database.sql("update outbox set published_at = null where id = (select max(id) from outbox)");
  await vi.waitFor(async () => expect(await pending()).toBe(0), within);
  expect((await bus.streamInfo("CONVERSATIONS")).messages - before).toBe(2);
  expect(ingest.output()).toContain("outbox-row-published");
}, 60_000);

test("a switched-off agent is a hand-off event of that conversation alone", async ({ ingest, bus, database }) => {
  await ingest.post(
    v2Message("text", { text: "Hola" }, { id: "wamid.db-2", phone: demo.customers.marta, name: "Marta" }),
  );
  const where = "where organization_id = $1 and platform_user_id = $2";
  const marta = [organizationId, demo.customers.marta];
  await vi.waitFor(
    async () => expect(await database.sql(`select 1 from chat_identities ${where}`, marta)).toHaveLength(1),
    within,
  );
  await database.sql(`update chat_identities set bot_enabled = false ${where}`, marta);
  const conversation = { organizationId, chat: chatOfPhone(demo.customers.marta) };
  await vi.waitFor(async () => {
    const { handoff } = await bus.readConversation(conversation);
    expect(handoff.map(({ event }) => [event.type, event.data])).toEqual([["bot.paused", { reason: "crm" }]]);
  }, within);
}, 60_000);

test("staff who answer from the business phone switch the agent off, and the log hears it once", async ({
  ingest,
  bus,
  database,
}) => {
  const phone = demo.customers.diego;
  const hello = v2Message("text", { text: "Hola" }, { id: "wamid.db-3", phone, name: "Diego" });
  const [echo, at] = [v3Echo("Ya te atiendo yo", phone, "wamid.db-echo"), Math.floor(Date.now() / 1000)];
  const fresh = JSON.parse(JSON.stringify(echo).replace("1790000050", String(at)));
  for (const body of [fresh, hello, fresh]) expect(await ingest.post(body)).toBe(200);
  const handoff = async () => {
    const conversation = { organizationId, chat: chatOfPhone(phone) };
    return (await bus.readConversation(conversation)).handoff.map(({ event }) => [event.type, event.data]);
  };
  await vi.waitFor(async () => expect(await handoff()).toEqual([["bot.paused", { reason: "staff_echo" }]]), within);
  const [row] = await database.sql("select bot_enabled as on from chat_identities where platform_user_id = $1", [
    phone,
  ]);
  expect(row).toEqual({ on: false });
  // The relay has nothing more to say of it, and neither has the webhook.
  await vi.waitFor(
    async () => expect(await database.sql("select 1 from outbox where published_at is null", [])).toEqual([]),
    within,
  );
  expect(await handoff()).toHaveLength(1);
}, 60_000);
