import { test as base, demo } from "@skytide/testing";
import { beforeEach, describe, expect } from "vitest";
import { createStore, type Store } from "../src/index.ts";

const { aurora, customers } = demo;
const { organizationId } = aurora;
const test = base.extend("store", ({ database }) => createStore(database));
const chat = "t_carlos";
const phone = "573009990001";

type Sql = (text: string, parameters?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

/** A customer of whom staff were told: 20 minutes ago. */
async function handOver(store: Store, sql: Sql) {
  const { chatIdentityId } = await store.beginTurn({
    ...{ organizationId, chat, platform: "whatsapp", platformUserId: customers.carlos },
  });
  const raised = { organizationId, chatIdentityId, reason: "user_asked", summary: "", idempotencyKey: "k" } as const;
  const { escalationId } = await store.raiseEscalation(raised);
  await store.settleEscalation({ organizationId, escalationId, outcome: "notified" });
  await store.setBotEnabled({ organizationId, chatIdentityId, enabled: false, reason: "escalation" });
  await sql(
    "update escalations set raised_at = now() - interval '20 minutes', notified_at = now() - interval '20 minutes'",
  );
  return { chatIdentityId, escalationId };
}

const look = (store: Store) => store.lookAtHandoff({ organizationId, chat });
const minutesFromNow = (instant: string | null | undefined) =>
  instant == null ? null : Math.round((Date.parse(instant) - Date.now()) / 60_000);

describe("a look at a hand-off", () => {
  test("says when staff are told again, when the customer is told, and when the agent comes back", async ({
    store,
    database,
  }) => {
    await handOver(store, database.sql);
    const handoff = await look(store);
    expect(handoff).toMatchObject({ botEnabled: false, resumed: false, escalation: { rounds: 1, answered: false } });
    expect(minutesFromNow(handoff?.escalation?.tellAgainAt)).toBe(-5);
    expect(minutesFromNow(handoff?.escalation?.giveUpAt)).toBe(40);
    expect(minutesFromNow(handoff?.resumesAt)).toBe(720);
    expect(await store.listHandoffs({ limit: 10 })).toMatchObject([{ organizationId, chat }]);
  });

  test("counts from the last telling, and from the last word of staff", async ({ store, database }) => {
    const { escalationId, chatIdentityId } = await handOver(store, database.sql);
    await store.settleNoticeRound({ organizationId, escalationId, round: 2 });
    await store.settleNoticeRound({ organizationId, escalationId, round: 2 });
    const told = (await look(store))?.escalation;
    expect(told?.rounds).toBe(2);
    expect(minutesFromNow(told?.tellAgainAt)).toBe(15);
    await database.sql(
      "insert into chat_messages (chat_identity_id, direction, message, timestamp) values ($1, 'outgoing', 'Hola', now() + interval '1 hour')",
      [chatIdentityId],
    );
    const answered = await look(store);
    expect(answered?.escalation).toMatchObject({ answered: true, tellAgainAt: null, giveUpAt: null });
    expect(minutesFromNow(answered?.resumesAt)).toBe(780);
  });

  test("switches the agent on when its time has come, once", async ({ store, database }) => {
    await handOver(store, database.sql);
    await database.sql("update chat_identities set bot_resumes_at = now() - interval '1 second' where chat = $1", [
      chat,
    ]);
    expect(await look(store)).toMatchObject({ botEnabled: true, resumed: true, escalation: null });
    expect(await look(store)).toMatchObject({ botEnabled: true, resumed: false });
    expect(await store.listHandoffs({ limit: 10 })).toEqual([]);
  });

  test("of an unknown conversation is null", async ({ store }) => {
    expect(await store.lookAtHandoff({ organizationId, chat: "t_nobody" })).toBeNull();
  });
});

describe("an unanswered hand-off", () => {
  test("is said once; undelivered it ends and the agent is on, without a person having closed it", async ({
    store,
    database,
  }) => {
    const { escalationId } = await handOver(store, database.sql);
    await store.settleUnanswered({ organizationId, escalationId, undelivered: false });
    expect((await look(store))?.escalation).toMatchObject({ tellAgainAt: null, giveUpAt: null });
    await store.settleUnanswered({ organizationId, escalationId, undelivered: true });
    expect(await look(store)).toMatchObject({ botEnabled: true, escalation: null });
    expect(await database.sql("select status from escalations")).toEqual([{ status: "failed" }]);
    const told = await database.sql("select data from outbox where type = 'bot.resumed'");
    expect(told).toEqual([{ data: { reason: "nobody_reached" } }]);
  });
});

describe("a notice", () => {
  test("that failed afterwards counts, unless an earlier one of its escalation stood", async ({ store, database }) => {
    const { escalationId } = await handOver(store, database.sql);
    const key = { organizationId, escalationId, phone };
    const tell = async (round: number, providerMessageId: string) => {
      expect(await store.claimNotice({ ...key, round })).toEqual({ kind: "new" });
      await store.settleNotice({ ...key, outcome: "accepted", providerMessageId });
    };
    await tell(1, "gs-1");
    const failed = { organizationId, escalationId, chat, open: true, round: 1, standing: 0 };
    expect(await store.failNotice({ providerMessageId: "gs-1", code: "132015" })).toEqual(failed);
    expect(await store.failNotice({ providerMessageId: "gs-1", code: "132015" })).toEqual(failed);
    expect((await store.beginNotice(key))?.templateRefused).toBe(true);
    await tell(2, "gs-2");
    await tell(3, "gs-3");
    expect(await store.failNotice({ providerMessageId: "gs-2", code: "131026" })).toBeNull();
    expect(await store.failNotice({ providerMessageId: "gs-3", code: "131026" })).toMatchObject({
      round: 3,
      standing: 1,
    });
  });
});

describe("what decides about a reminder", () => {
  test("is read with the appointment, listed while it has not left, and known to the agent once it was sent", async ({
    store,
    database,
  }) => {
    const [own] = await database.sql("select id from appointments where contact_id = $1", [aurora.carlosContactId]);
    const appointmentId = String(own?.id);
    const facts = await store.reminderFacts({ organizationId, appointmentId });
    expect(facts).toMatchObject({
      ...{ status: "programada", firstName: "Carlos", consent: "opt_in", requested: false, reminderMinutes: 1440 },
      ...{ serviceName: "Limpieza facial profunda", quietHours: { start: "20:00", end: "08:00" } },
      customer: { platformUserId: customers.carlos, chat: null },
    });
    const list = () => store.listRemindersDue({ horizonMinutes: 60_000, limit: 100 });
    const listed = await list();
    expect(listed.map((one) => one.appointmentId)).toContain(appointmentId);
    const { startsAt, appointmentId: first } = listed[0] ?? { startsAt: "", appointmentId: "" };
    const rest = await store.listRemindersDue({
      horizonMinutes: 60_000,
      limit: 100,
      after: { startsAt, appointmentId: first },
    });
    expect(rest).toEqual(listed.slice(1));

    const sent = { organizationId, appointmentId, startsAt: facts?.startsAt ?? "", replyId: "reminder-1" };
    expect(await store.rememberReminder(sent)).toEqual({ remembered: true });
    expect(await store.rememberReminder(sent)).toEqual({ remembered: false });
    expect((await list()).map((one) => one.appointmentId)).not.toContain(appointmentId);
    expect((await store.reminderFacts({ organizationId, appointmentId }))?.requested).toBe(true);

    const { chatIdentityId } = await store.beginTurn({
      organizationId,
      chat,
      platform: "whatsapp",
      platformUserId: customers.carlos,
    });
    const said =
      "insert into chat_messages (chat_identity_id, direction, message, reply_id, reply_index) values ($1, 'outgoing', $2, $3, 0)";
    await database.sql(said, [chatIdentityId, "Te recordamos tu cita", "reminder-1"]);
    await database.sql(said, [chatIdentityId, "del agente", "reply-of-the-brain"]);
    await database.sql(said, [chatIdentityId, "Soy Valentina", "echo:x"]);
    const since = new Date(Date.now() - 60_000).toISOString();
    const lines = await store.saidElsewhere({ organizationId, chat, since });
    expect(lines.map(({ role, text }) => `${role}: ${text}`).sort()).toEqual([
      "agent: Te recordamos tu cita",
      "staff: Soy Valentina",
    ]);
  });
});
