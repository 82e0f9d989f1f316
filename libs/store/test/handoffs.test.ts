import { conversationEventSchema, createEvent } from "@skytide/events";
import { test as base, demo, messageReceived } from "@skytide/testing";
import { beforeEach, describe, expect } from "vitest";
import { createStore, type OutboxRow, type Store } from "../src/index.ts";

const { aurora, brisa, customers } = demo;
const organizationId: string = aurora.organizationId;
const test = base.extend("store", ({ database }) => createStore(database));

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

const chat = "t_carlos";

function begin(store: Store, more: { lastMessageAt?: string } = {}) {
  return store.beginTurn({ organizationId, chat, platform: "whatsapp", platformUserId: customers.carlos, ...more });
}

/** What the relay would publish, with everything the seed left behind set aside. */
async function drain(store: Store): Promise<OutboxRow[]> {
  const rows = await store.claimOutbox({ limit: 500, leaseMs: 30_000 });
  await store.markOutboxPublished(rows.map(({ id }) => id));
  return rows;
}

describe("an escalation", () => {
  test("is one per conversation, however often and by whomever it is raised", async ({ store }) => {
    const { chatIdentityId } = await begin(store);
    const raise = (idempotencyKey: string) =>
      store.raiseEscalation({
        organizationId,
        chatIdentityId,
        reason: "user_asked",
        summary: "Quiere hablar",
        idempotencyKey,
      });
    const first = await raise("k1");
    expect(first.alreadyOpen).toBe(false);
    expect(await raise("k1")).toEqual(first);
    expect(await raise("k2")).toEqual({ escalationId: first.escalationId, alreadyOpen: true });
    expect((await begin(store)).openEscalation).toBe(first.escalationId);
    await store.settleEscalation({ organizationId, escalationId: first.escalationId, outcome: "failed" });
    expect((await begin(store)).openEscalation).toBeNull();
    expect((await raise("k3")).escalationId).not.toBe(first.escalationId);
  });

  test("of another organization's conversation is refused", async ({ store }) => {
    const { chatIdentityId } = await begin(store);
    const raised = store.raiseEscalation({
      organizationId: brisa.organizationId,
      chatIdentityId,
      reason: "user_asked",
      summary: "",
      idempotencyKey: "x",
    });
    await expect(raised).rejects.toMatchObject({ name: "PermanentError", code: "identity-not-found" });
  });

  test("is resolved when a person switches the agent on again", async ({ store, database }) => {
    const { chatIdentityId } = await begin(store);
    const { escalationId } = await store.raiseEscalation({
      organizationId,
      chatIdentityId,
      reason: "user_asked",
      summary: "",
      idempotencyKey: "r",
    });
    await store.settleEscalation({ organizationId, escalationId, outcome: "notified" });
    await store.setBotEnabled({ organizationId, chatIdentityId, enabled: false, reason: "escalation" });
    await drain(store);
    await database.sql("update chat_identities set bot_enabled = true where id = $1", [chatIdentityId]);
    const told = await drain(store);
    expect(told.map(({ type, data }) => [type, data])).toEqual([
      ["bot.resumed", { reason: "crm" }],
      ["escalation.resolved", { escalationId }],
    ]);
    expect(told.every((row) => row.chat === chat)).toBe(true);
  });
});

describe("the agent's switch", () => {
  test("comes back by itself after the organization's quiet time, counted from the last word of staff", async ({
    store,
    database,
  }) => {
    const { chatIdentityId } = await begin(store);
    await store.setBotEnabled({ organizationId, chatIdentityId, enabled: false, reason: "escalation" });
    await database.sql("update chat_identities set bot_resumes_at = now() + interval '1 minute' where id = $1", [
      chatIdentityId,
    ]);
    await database.sql(
      "insert into chat_messages (chat_identity_id, direction, message, sent_by) values ($1, 'outgoing', 'Hola, soy Ana', $2)",
      [chatIdentityId, aurora.members.valentina],
    );
    const [row] = await database.sql(
      "select bot_resumes_at > now() + interval '11 hours' as moved from chat_identities where id = $1",
      [chatIdentityId],
    );
    expect(row).toEqual({ moved: true });
    expect((await begin(store)).botEnabled).toBe(false);
    await database.sql("update chat_identities set bot_resumes_at = now() - interval '1 second' where id = $1", [
      chatIdentityId,
    ]);
    expect((await begin(store)).botEnabled).toBe(true);
  });

  test("is swept where nobody writes", async ({ store, database }) => {
    const { chatIdentityId } = await begin(store);
    const resumesAt = new Date(Date.now() - 1_000).toISOString();
    await store.setBotEnabled({ organizationId, chatIdentityId, enabled: false, reason: "escalation", resumesAt });
    await drain(store);
    expect(await store.resumeDueBots()).toEqual({ resumed: 1 });
    expect(await store.resumeDueBots()).toEqual({ resumed: 0 });
    expect((await drain(store)).map(({ type, data }) => [type, data])).toEqual([
      ["bot.resumed", { reason: "quiet_time" }],
    ]);
    const [row] = await database.sql("select bot_paused_reason from chat_identities where id = $1", [chatIdentityId]);
    expect(row).toEqual({ bot_paused_reason: null });
  });
});

describe("consent", () => {
  test("is the last word per contact, and repeating it changes nothing", async ({ store }) => {
    const say = (type: "opt_in" | "opt_out") =>
      store.recordConsent({
        organizationId,
        contactId: aurora.carlosContactId,
        channel: "whatsapp",
        type,
        evidence: { messageId: "m" },
      });
    expect(await say("opt_in")).toEqual({ changed: false });
    await drain(store);
    expect(await say("opt_out")).toEqual({ changed: true });
    expect(await say("opt_out")).toEqual({ changed: false });
    expect((await begin(store)).consent).toBe("opt_out");
    expect((await drain(store)).map(({ type, data }) => [type, data.state])).toEqual([["consent.changed", "opt_out"]]);
  });
});

describe("the outbox", () => {
  test("tells every change as an event of the catalogue, without a word about people", async ({ store, database }) => {
    await begin(store);
    await database.sql("update appointments set status = 'confirmada' where contact_id = $1", [aurora.carlosContactId]);
    await database.sql("update appointments set status = 'no_asistio' where contact_id = $1", [aurora.carlosContactId]);
    const rows = await drain(store);
    expect(rows.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "contact.created",
        "appointment.booked",
        "consent.changed",
        "appointment.confirmed",
        "appointment.no_show",
      ]),
    );
    for (const row of rows) {
      const event = createEvent({
        type: row.type,
        id: `outbox-${row.id}`,
        source: "ingest",
        time: new Date(row.occurredAt),
        organizationId: row.organizationId,
        chat: row.chat ?? "computed",
        data: row.data as never,
      });
      expect(conversationEventSchema.safeParse(event).error).toBeUndefined();
    }
    expect(JSON.stringify(rows.map(({ data }) => data))).not.toMatch(/Carlos|300111/);
  });

  test("is leased to one relay at a time and given back when the lease runs out", async ({ store, database }) => {
    const first = await store.claimOutbox({ limit: 3, leaseMs: 600_000 });
    expect(first).toHaveLength(3);
    expect(await store.claimOutbox({ limit: 3, leaseMs: 600_000 })).toEqual([]);
    await database.sql("update outbox set claimed_until = now() - interval '1 second' where claimed_until is not null");
    expect(await store.claimOutbox({ limit: 3, leaseMs: 600_000 })).toHaveLength(3);
    const again = first.map(({ id }) => id);
    expect(await store.markOutboxPublished(again)).toEqual({ published: 3 });
    expect(await store.markOutboxPublished(again)).toEqual({ published: 0 });
    const next = await store.claimOutbox({ limit: 1, leaseMs: 1 });
    expect(next[0]?.id).toBe(Math.max(...again) + 1);
  });
});

describe("an identity", () => {
  test("is linked to a contact only by the number that the platform vouches for", async ({ store }) => {
    const withoutPhone = await store.beginTurn({
      organizationId,
      chat: "t_user",
      platform: "whatsapp",
      platformUserId: "CO.13491208655302741918",
    });
    expect(withoutPhone.contact).toBeNull();
    const slots = await store.checkAvailability({
      organizationId,
      serviceId: aurora.services.laser,
      from: new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10),
      to: new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10),
      limit: 1,
    });
    if (slots.kind !== "slots" || slots.slots[0] === undefined) throw new Error("no slots");
    const booked = await store.bookAppointment({
      organizationId,
      chatIdentityId: withoutPhone.chatIdentityId,
      serviceId: aurora.services.laser,
      memberId: null,
      startsAt: slots.slots[0].startsAt,
      idempotencyKey: "user",
      firstName: "Carlos",
      lastName: "Ramírez",
    });
    expect(booked).toMatchObject({ kind: "booked" });
    if (booked.kind === "booked") expect(booked.contactId).not.toBe(aurora.carlosContactId);
  });

  test("is found by its conversation, in its own organization alone", async ({ store }) => {
    const { chatIdentityId } = await begin(store);
    expect(await store.findIdentity({ organizationId, chat })).toMatchObject({
      chatIdentityId,
      phone: customers.carlos,
    });
    expect(await store.findIdentity({ organizationId: brisa.organizationId, chat })).toBeNull();
  });
});

describe("erasure and retention", () => {
  test("leave nothing that says who somebody was or what they wrote", async ({ store, database }) => {
    await begin(store);
    const message = messageReceived({ organizationId, chat }, "secreto de Carlos");
    await store.recordEvents([
      {
        ...message,
        data: {
          ...message.data,
          customer: { platformUserId: customers.carlos, phone: customers.carlos, name: "Carlos R" },
        },
      },
    ]);
    await drain(store);
    const erased = await store.eraseContact({ organizationId, contactId: aurora.carlosContactId });
    expect(erased).toMatchObject({ chats: [chat], messages: 1 });
    expect((await store.eraseContact({ organizationId, contactId: aurora.carlosContactId })).messages).toBe(0);
    const tables = await database.sql<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('members', 'knowledge_base')",
    );
    for (const { name } of tables) {
      const [row] = await database.sql<{ text: string }>(
        `select coalesce(string_agg(t::text, ' '), '') as text from public.${name} t`,
      );
      expect(`${name}: ${row?.text}`).not.toMatch(/secreto|Carlos R|Ramírez|3001110002|carlos@example/);
    }
    const told = (await drain(store)).map((row) => [row.type, row.chat]);
    expect(told).toContainEqual(["contact.erased", chat]);
    expect(told).toContainEqual(["appointment.cancelled", chat]);
  });

  test("another organization's contact cannot be erased", async ({ store }) => {
    const attempt = store.eraseContact({ organizationId: brisa.organizationId, contactId: aurora.carlosContactId });
    await expect(attempt).rejects.toMatchObject({ code: "contact-not-found" });
  });

  test("messages older than the organization's retention go, younger and unlimited ones stay", async ({
    store,
    database,
  }) => {
    const own = await begin(store);
    const other = await store.beginTurn({
      organizationId: brisa.organizationId,
      chat,
      platform: "whatsapp",
      platformUserId: customers.carlos,
    });
    for (const id of [own.chatIdentityId, other.chatIdentityId])
      await database.sql(
        `insert into chat_messages (chat_identity_id, direction, message, timestamp, media_path)
         select $1, 'incoming', d::text, now() - make_interval(days => d), 'p/' || d from generate_series(364, 366) d`,
        [id],
      );
    expect(await store.purgeExpired()).toMatchObject({ messages: 2, mediaPaths: expect.arrayContaining(["p/366"]) });
    expect(await database.sql("select count(*)::int as rows from chat_messages")).toEqual([{ rows: 4 }]);
  });
});
