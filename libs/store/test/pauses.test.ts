import { test as base, demo } from "@skytide/testing";
import { beforeEach, describe, expect } from "vitest";
import { createStore, type Store } from "../src/index.ts";

const { aurora, brisa, customers } = demo;
const { organizationId } = aurora;
const test = base.extend("store", ({ database }) => createStore(database));
const chat = "k1_carlos";
const pause = { reason: "model says odd things", by: "tester", until: null };
const scopes = [
  { organizationId, scope: "org", key: "" },
  { organizationId, scope: "bot", key: "AuroraDemo" },
  { organizationId, scope: "conversation", key: chat },
] as const;

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

const carlos: { organizationId: string; chat: string; platformUserId: string } = {
  ...{ organizationId, chat, platformUserId: customers.carlos },
};
const begin = (store: Store, of = carlos) =>
  store.beginTurn({ ...of, platform: "whatsapp", lastMessageAt: new Date().toISOString() });
const claim = (store: Store, replyId: string, other: object = {}) =>
  store.claimSend({ organizationId, chat, replyId, index: 0, parts: 1, sequence: 1, closing: false, ...other });

describe("an operator's pause", () => {
  test.for(scopes)("of $scope holds its conversations and nobody else's", async (target, { store }) => {
    const other = { organizationId: brisa.organizationId, chat: "k1_other", platformUserId: customers.carlos };
    expect((await begin(store)).paused).toBe(false);
    await store.pauseAgent({ ...target, ...pause });
    expect((await begin(store)).paused).toBe(true);
    expect(await store.isPaused({ organizationId, chat })).toBe(true);
    expect((await begin(store, other)).paused).toBe(false);
    expect(await store.findPause(target)).toMatchObject({ pause: { reason: pause.reason, by: "tester" }, waiting: 1 });
    expect((await store.takeResumedChats(1)).paused).toEqual({ org: 0, bot: 0, conversation: 0, [target.scope]: 1 });
    expect(await store.resumeAgent(target)).toEqual({ resumed: true });
    expect((await begin(store)).paused).toBe(false);
  });

  test("of another number, or another conversation, holds nothing", async ({ store, database }) => {
    await database.sql(
      "insert into platform_connections (organization_id, platform, gupshup_app_name, gupshup_api_key, whatsapp_business_number) values ($1, 'whatsapp', 'Second', 'k', '573000000009')",
      [organizationId],
    );
    await begin(store);
    await store.pauseAgent({ organizationId, scope: "bot", key: "Second", ...pause });
    expect((await begin(store)).paused).toBe(false);
    await database.sql("update chat_identities set gupshup_app_name = 'Second' where chat = $1", [chat]);
    expect((await begin(store)).paused).toBe(true);
  });

  test("lets nothing out, a reminder neither: it waits and goes afterwards", async ({ store }) => {
    await begin(store);
    await store.pauseAgent({ ...scopes[0], ...pause });
    const waits = { kind: "blocked", code: "paused", waits: true, retryInMs: 30_000 };
    expect(await claim(store, "r1")).toMatchObject(waits);
    expect(await claim(store, "r2", { reminder: true })).toMatchObject(waits);
    await store.resumeAgent(scopes[0]);
    expect(await claim(store, "r1")).toMatchObject({ kind: "claimed" });
  });

  test("ends by itself at its deadline", async ({ store, database }) => {
    await store.pauseAgent({ ...scopes[0], ...pause, until: new Date(Date.now() + 60_000) });
    expect((await begin(store)).paused).toBe(true);
    await database.sql("update agent_pauses set until = now() - interval '1 second'");
    expect(await store.listPauses()).toEqual([]);
    expect((await store.takeResumedChats(10)).chats.map((one) => one.chat)).toEqual([chat]);
  });

  test("cannot hold what is not there, nor end before it begins, nor go without a reason", async ({ store }) => {
    expect(await store.findPause({ organizationId, scope: "bot", key: "Nobody" })).toBeNull();
    const nobody = { organizationId: crypto.randomUUID(), scope: "org", key: "" } as const;
    await expect(store.pauseAgent({ ...nobody, ...pause })).rejects.toMatchObject({ code: "pause-target-not-found" });
    for (const wrong of [{ until: new Date(0) }, { reason: " " }])
      await expect(store.pauseAgent({ ...scopes[0], ...pause, ...wrong })).rejects.toMatchObject({
        code: "invalid-pause",
      });
  });
});

describe("after a pause", () => {
  test("each conversation whose turn came is given out once, and again only if nobody says that it is armed", async ({
    store,
    database,
  }) => {
    await store.pauseAgent({ ...scopes[0], ...pause });
    for (let n = 0; n < 3; n += 1) await begin(store);
    expect((await store.takeResumedChats(10)).chats).toEqual([]);
    await store.resumeAgent(scopes[0]);
    expect((await store.takeResumedChats(10)).chats.map((one) => one.chat)).toEqual([chat]);
    expect((await store.takeResumedChats(10)).chats).toEqual([]);
    await database.sql("update paused_chats set taken_until = now() - interval '1 second'");
    expect((await store.takeResumedChats(10)).chats).toHaveLength(1);
    await store.settleResumedChat({ organizationId, chat });
    await database.sql("update paused_chats set taken_until = now() - interval '1 second'");
    expect((await store.takeResumedChats(10)).chats).toEqual([]);
  });

  test("a conversation that a second pause holds waits for that one too", async ({ store }) => {
    await begin(store);
    for (const target of [scopes[0], scopes[2]]) await store.pauseAgent({ ...target, ...pause });
    await begin(store);
    for (const target of [scopes[0], scopes[2]]) {
      await store.resumeAgent(target);
      const [taken] = (await store.takeResumedChats(10)).chats;
      if (target === scopes[2]) expect(taken).toMatchObject({ chat });
      // Its turn came, and found the other pause; then its arming is confirmed.
      if (target === scopes[0]) expect((await begin(store)).paused).toBe(true);
      await store.settleResumedChat({ organizationId, chat });
    }
    expect((await store.takeResumedChats(10)).chats).toEqual([]);
  });

  test("nobody is answered whom staff have answered meanwhile", async ({ store, database }) => {
    const { chatIdentityId } = await begin(store);
    await store.pauseAgent({ ...scopes[0], ...pause });
    await begin(store);
    await database.sql(
      "insert into chat_messages (chat_identity_id, direction, message, timestamp) values ($1, 'outgoing', 'Con gusto', now() + interval '1 second')",
      [chatIdentityId],
    );
    await store.resumeAgent(scopes[0]);
    expect((await store.takeResumedChats(10)).chats).toEqual([]);
  });
});
