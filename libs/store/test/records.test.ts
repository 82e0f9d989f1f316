import type { ConversationEvent } from "@skytide/events";
import {
  test as base,
  buildEvent,
  demo,
  messageReceived,
  newConversation,
  type TestConversation,
} from "@skytide/testing";
import { describe, expect } from "vitest";
import { createStore } from "../src/index.ts";

const test = base.extend("store", ({ database }) => createStore(database));

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 15, 0, second)).toISOString();

/** A conversation with all that the recorder knows: text, media described and deleted, sends, receipts, an echo. */
function wholeConversation(conversation: TestConversation, phone: string): ConversationEvent[] {
  const text = received(conversation, phone, "m1", 1, { kind: "text", text: "Hola" });
  const voice = received(conversation, phone, "m2", 2, {
    kind: "media",
    mediaType: "audio",
    url: "https://x.test/a",
    mimeType: "audio/ogg",
  });
  const regret = received(conversation, phone, "m3", 3, { kind: "text", text: "Borra esto" });
  const receipt = { otherIds: ["wamid.s1"], providerMessageId: "s1" };
  return [
    text,
    voice,
    regret,
    buildEvent(conversation, "media.described", {
      messageId: voice.id,
      outcome: { kind: "described", text: "quiero una cita" },
      storedPath: "o/i/a.ogg",
    }),
    buildEvent(conversation, "message.deleted", { messageId: regret.id }),
    buildEvent(conversation, "reply.sent", {
      replyId: "r1",
      index: 0,
      providerMessageId: "s1",
      at: at(10),
      text: "¡Hola!",
    }),
    buildEvent(conversation, "reply.sent", {
      replyId: "r1",
      index: 1,
      providerMessageId: "s2",
      at: at(11),
      text: "¿En qué te ayudo?",
    }),
    buildEvent(conversation, "reply.accepted", { ...receipt, at: at(12), status: "sent" }),
    buildEvent(conversation, "reply.read", { ...receipt, at: at(14) }),
    buildEvent(conversation, "reply.delivered", { ...receipt, at: at(13) }),
    buildEvent(conversation, "reply.failed", {
      providerMessageId: "s2",
      otherIds: [],
      at: at(15),
      code: "provider",
      providerCode: 470,
    }),
    buildEvent(conversation, "reply.echoed", { providerMessageId: "e1", text: "Soy Ana, ya te ayudo", at: at(20) }),
  ];
}

function received(
  conversation: TestConversation,
  phone: string,
  id: string,
  second: number,
  content: Extract<ConversationEvent, { type: "message.received" }>["data"]["content"],
) {
  const event = messageReceived(conversation);
  return {
    ...event,
    data: {
      ...event.data,
      providerMessageId: `${phone}-${id}`,
      customer: { platformUserId: phone, phone, ...(second === 2 ? {} : { name: `Laura ${second}` }) },
      content,
      sentAt: at(second),
      receivedAt: at(second),
    },
  };
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  return list
    .map((item) => ({ item, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function inBatches<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}

async function rowsOf(
  database: { sql: (text: string, parameters: unknown[]) => Promise<unknown[]> },
  { chat }: TestConversation,
) {
  return database.sql(
    `select m.direction, m.message, m.processed_text, m.media_type, m.media_path, m.media_url is not null as has_url, m.message_status, m.deleted_at is not null as deleted,
            m.timestamp, i.profile_name, i.last_seen, i.last_inbound_at, i.first_seen, i.gupshup_app_name, i.phone = i.platform_user_id as vouched
     from chat_messages m join chat_identities i on i.id = m.chat_identity_id where i.chat = $1 order by m.timestamp, m.message`,
    [chat],
  );
}

describe("the recorder", () => {
  test("ends in the same rows whatever the order, the batches and the repetitions", async ({ store, database }) => {
    const results: unknown[] = [];
    for (let seed = 0; seed < 12; seed += 1) {
      const phone = `5731000${String(seed).padStart(5, "0")}`;
      const conversation = newConversation(demo.aurora.organizationId);
      const events = wholeConversation(conversation, phone).map(
        (event) =>
          JSON.parse(
            JSON.stringify(event)
              .replaceAll(/"(s1|s2|e1|wamid\.s1)"/g, `"$1-${seed}"`)
              .replaceAll('"r1"', `"r1-${seed}"`),
          ) as ConversationEvent,
      );
      const order = seed === 0 ? events : shuffled([...events, ...events.slice(seed % 5)], seed);
      for (const batch of inBatches(order, (seed % 4) + 1)) await store.recordEvents(batch);
      results.push(await rowsOf(database, conversation));
    }
    expect(results[0]).toMatchObject([
      { direction: "incoming", message: "Hola", message_status: "delivered", profile_name: "Laura 3", vouched: true },
      { media_type: "audio", processed_text: "quiero una cita", media_path: "o/i/a.ogg", has_url: true },
      { message: null, deleted: true },
      { direction: "outgoing", message: "¡Hola!", message_status: "read" },
      { direction: "outgoing", message: "¿En qué te ayudo?", message_status: "failed" },
      { direction: "outgoing", message: "Soy Ana, ya te ayudo", message_status: "sent" },
    ]);
    for (const rows of results) expect(rows).toEqual(results[0]);
    expect(await database.sql("select count(*)::int as waiting from recorder_backlog")).toEqual([{ waiting: 0 }]);
  });

  test("counts what it knew already as duplicates", async ({ store }) => {
    const conversation = newConversation(demo.aurora.organizationId);
    const event = received(conversation, "573100099001", "d1", 1, { kind: "text", text: "uno" });
    expect(await store.recordEvents([event])).toEqual({ recorded: 1, duplicates: 0 });
    expect(await store.recordEvents([event, { ...event, id: "another-delivery" }])).toEqual({
      recorded: 0,
      duplicates: 2,
    });
  });

  test("moves a receipt only forward", async ({ store, database }) => {
    const conversation = newConversation(demo.aurora.organizationId);
    await store.recordEvents([
      received(conversation, "573100099002", "f1", 1, { kind: "text", text: "uno" }),
      buildEvent(conversation, "reply.read", { providerMessageId: "fw1", otherIds: [], at: at(9) }),
    ]);
    await store.recordEvents([
      buildEvent(conversation, "reply.sent", {
        replyId: "fw",
        index: 0,
        providerMessageId: "fw1",
        at: at(5),
        text: "dos",
      }),
      buildEvent(conversation, "reply.failed", {
        providerMessageId: "fw1",
        otherIds: [],
        at: at(10),
        code: "provider",
      }),
    ]);
    const [row] = await database.sql("select message_status from chat_messages where reply_id = 'fw'");
    expect(row).toEqual({ message_status: "read" });
  });

  test("stores what Postgres text cannot hold without it, and long texts whole", async ({ store, database }) => {
    const conversation = newConversation(demo.aurora.organizationId);
    const long = "ñ".repeat(100_000);
    const { recorded } = await store.recordEvents([
      received(conversation, "573100099003", "n1", 1, { kind: "text", text: "a\u0000b\ud83d" }),
      received(conversation, "573100099003", "n2", 2, { kind: "text", text: long }),
    ]);
    expect(recorded).toBe(2);
    const rows = await database.sql<{ message: string }>(
      "select message from chat_messages m join chat_identities i on i.id = m.chat_identity_id where i.chat = $1 order by m.timestamp",
      [conversation.chat],
    );
    expect(rows.map(({ message }) => message)).toEqual(["ab\ufffd", long]);
  });

  test("keeps two organizations apart even when every id is the same", async ({ store, database }) => {
    const chat = newConversation().chat;
    const own = { organizationId: demo.aurora.organizationId, chat };
    const other = { organizationId: demo.brisa.organizationId, chat };
    const message = received(own, "573100099004", "t1", 1, { kind: "text", text: "solo Aurora" });
    await store.recordEvents([message]);
    await store.recordEvents([
      {
        ...message,
        org: other.organizationId,
        data: { ...message.data, content: { kind: "text", text: "solo Brisa" } },
      },
    ]);
    const rows = await database.sql(
      "select organization_id, message from chat_messages where event_id = $1 order by 1",
      [message.id],
    );
    expect(rows).toEqual([
      { organization_id: own.organizationId, message: "solo Aurora" },
      { organization_id: other.organizationId, message: "solo Brisa" },
    ]);
  });
});
