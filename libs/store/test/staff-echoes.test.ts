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

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
let customers = 0;

function customerSays(conversation: TestConversation) {
  customers += 1;
  const event = messageReceived(conversation);
  return { ...event, data: { ...event.data, customer: { platformUserId: `57310777${1000 + customers}` } } };
}

function staffSay(conversation: TestConversation, id: string, at: Date, heardAt = at) {
  const providerMessageId = `${conversation.chat}-${id}`;
  const event = buildEvent(conversation, "reply.echoed", {
    providerMessageId,
    text: "Ya te atiendo",
    at: at.toISOString(),
  });
  return { ...event, time: heardAt.toISOString() };
}

interface Queryable {
  sql(text: string, parameters: unknown[]): Promise<Record<string, unknown>[]>;
}

async function switchOf(database: Queryable, { chat }: TestConversation) {
  const [row] = await database.sql(
    "select bot_enabled as on, bot_paused_reason as reason, bot_resumes_at as until from chat_identities where chat = $1",
    [chat],
  );
  return row;
}

const toldOf = (database: Queryable, { chat }: TestConversation) =>
  database.sql(
    "select type, data ->> 'reason' as reason from outbox where chat = $1 and type like 'bot.%' order by id",
    [chat],
  );

/** Only a person switches the agent on again at Brisa; at Aurora it comes back by itself two hours after staff's last word. */
const brisa = () => newConversation(demo.brisa.organizationId);
const aurora = () => newConversation(demo.aurora.organizationId);

describe("staff who write from the business phone", () => {
  test("silence the agent once, in whatever order and however often it is told", async ({ store, database }) => {
    await database.sql("update organizations set quiet_minutes = null where id = $1", [demo.brisa.organizationId]);
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2, 1, 0],
    ];
    for (const order of orders) {
      const conversation = brisa();
      const events = [
        customerSays(conversation),
        staffSay(conversation, "1", minutesAgo(5)),
        staffSay(conversation, "2", minutesAgo(3)),
      ];
      for (const index of order) await store.recordEvents(events.filter((_, at) => at === index));
      expect(await switchOf(database, conversation)).toEqual({ on: false, reason: "staff_echo", until: null });
      expect(await toldOf(database, conversation)).toEqual([{ type: "bot.paused", reason: "staff_echo" }]);
    }
  });

  test("silence it until the quiet time after their last word is over", async ({ store, database }) => {
    await database.sql("update organizations set quiet_minutes = 120 where id = $1", [demo.aurora.organizationId]);
    const last = minutesAgo(3);
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const conversation = aurora();
      await store.recordEvents([customerSays(conversation)]);
      const words = [staffSay(conversation, "1", minutesAgo(50)), staffSay(conversation, "2", last)];
      for (const index of order) await store.recordEvents(words.filter((_, at) => at === index));
      const row = await switchOf(database, conversation);
      expect(row).toMatchObject({ on: false });
      expect(new Date(String(row?.until)).getTime()).toBe(last.getTime() + 120 * 60_000);
    }
  });

  test("change nothing with words that are older than the quiet time", async ({ store, database }) => {
    await database.sql("update organizations set quiet_minutes = 120 where id = $1", [demo.aurora.organizationId]);
    const conversation = aurora();
    await store.recordEvents([customerSays(conversation), staffSay(conversation, "1", minutesAgo(24 * 60))]);
    expect(await switchOf(database, conversation)).toMatchObject({ on: true });
    expect(await toldOf(database, conversation)).toEqual([]);
  });

  test("do not undo that somebody switched the agent on after them", async ({ store, database }) => {
    await database.sql("update organizations set quiet_minutes = null where id = $1", [demo.brisa.organizationId]);
    const conversation = brisa();
    const words = staffSay(conversation, "1", minutesAgo(5));
    await store.recordEvents([customerSays(conversation), words]);
    await database.sql("update chat_identities set bot_enabled = true where chat = $1", [conversation.chat]);
    await store.recordEvents([words]);
    await store.recordEvents([staffSay(conversation, "late", minutesAgo(4))]);
    expect(await switchOf(database, conversation)).toMatchObject({ on: true });
    await store.recordEvents([staffSay(conversation, "new", new Date(Date.now() + 1_000))]);
    expect(await switchOf(database, conversation)).toMatchObject({ on: false });
  });

  test("with a clock that runs a day ahead are taken at the time at which they were heard", async ({
    store,
    database,
  }) => {
    await database.sql("update organizations set quiet_minutes = 120 where id = $1", [demo.aurora.organizationId]);
    const conversation = aurora();
    const heard = minutesAgo(1);
    await store.recordEvents([customerSays(conversation), staffSay(conversation, "1", minutesAgo(-24 * 60), heard)]);
    const row = await switchOf(database, conversation);
    expect(new Date(String(row?.until)).getTime()).toBe(heard.getTime() + 120 * 60_000);
  });
});
