import { test as base, buildEvent, demo, type TestDatabase } from "@skytide/testing";
import { beforeEach, describe, expect } from "vitest";
import { createStore, type Store } from "../src/index.ts";

const { aurora, brisa, customers } = demo;
const conversation = { organizationId: aurora.organizationId as string, chat: "t_laura" };

const test = base.extend("store", ({ database }) =>
  createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey }),
);

beforeEach<{ database: TestDatabase; store: Store }>(async ({ database, store }) => {
  await database.reset();
  for (const { organizationId } of [aurora, brisa])
    await store.beginTurn({
      organizationId,
      chat: conversation.chat,
      platform: "whatsapp",
      platformUserId: customers.laura,
    });
});

function reply(replyId: string, sequence: number, rest: { index?: number; parts?: number; closing?: boolean } = {}) {
  return { ...conversation, replyId, sequence, index: 0, parts: 1, closing: false, ...rest };
}

function setBot(store: Store, database: TestDatabase, enabled: boolean) {
  return database
    .sql<{ id: string }>("select id from chat_identities where organization_id = $1", [aurora.organizationId])
    .then(([row]) =>
      store.setBotEnabled({
        organizationId: aurora.organizationId,
        chatIdentityId: row?.id ?? "",
        enabled,
        reason: "crm",
      }),
    );
}

describe("the claim of a message", () => {
  test("gives what the call needs, from the organization's own connection", async ({ store }) => {
    expect(await store.claimSend(reply("r1", 1))).toEqual({
      kind: "claimed",
      destination: customers.laura,
      source: aurora.businessNumber,
      appName: aurora.app,
      appId: aurora.appId,
      apiKey: aurora.apiKey,
      inboundMessageId: null,
      resends: 0,
      templateId: null,
    });
    const other = await store.claimSend({ ...reply("r1", 1), organizationId: brisa.organizationId });
    expect(other).toMatchObject({ kind: "claimed", source: brisa.businessNumber, apiKey: brisa.apiKey });
  });

  test("that is asked for twenty times at once is given once", async ({ store }) => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claimSend(reply("r1", 1))));
    expect(claims.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === "uncertain")).toHaveLength(19);
  });

  test("that was settled says how", async ({ store }) => {
    await store.claimSend(reply("r1", 1));
    const settled = await store.settleSend({ ...reply("r1", 1), outcome: "accepted", providerMessageId: "gs-1" });
    expect(settled).toMatchObject({ state: "accepted" });
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({
      ...{ kind: "done", state: "accepted", providerMessageId: "gs-1", code: null },
    });
    expect(await store.settleSend({ ...reply("r1", 1), outcome: "rejected" })).toMatchObject({ state: "accepted" });
  });

  test("that was given back is given again, and is no second attempt", async ({ store }) => {
    await store.claimSend(reply("r1", 1));
    await store.settleSend({ ...reply("r1", 1), outcome: "released" });
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({ kind: "claimed" });
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({ kind: "uncertain", attempts: 1 });
  });

  test("that has no end is taken over once, and no more", async ({ store }) => {
    await store.claimSend(reply("r1", 1));
    expect(await store.claimSend({ ...reply("r1", 1), resend: true })).toMatchObject({ kind: "claimed" });
    const uncertain = await store.claimSend({ ...reply("r1", 1), resend: true });
    expect(uncertain).toMatchObject({ kind: "uncertain", attempts: 2 });
  });

  test("that was refused is given again only to a replay", async ({ store }) => {
    await store.claimSend(reply("r1", 1));
    await store.settleSend({ ...reply("r1", 1), outcome: "rejected", code: "gupshup-key-refused" });
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({ kind: "done", code: "gupshup-key-refused" });
    expect(await store.claimSend({ ...reply("r1", 1), reopen: true })).toMatchObject({ kind: "claimed" });
  });

  test("names the customer's last message for the read mark", async ({ store }) => {
    const at = new Date().toISOString();
    await store.recordEvents([
      buildEvent(conversation, "message.received", {
        ...{ platform: "whatsapp", providerMessageId: "wamid.1", app: aurora.app, receivedVia: "gupshup-v2" },
        customer: { platformUserId: customers.laura, phone: customers.laura },
        content: { kind: "text", text: "Hola" },
        ...{ sentAt: at, receivedAt: at },
      }),
    ]);
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({ inboundMessageId: "wamid.1" });
  });
});

describe("the order of replies", () => {
  test("a reply waits for every message of the one before it", async ({ store }) => {
    const next = { ...reply("r2", 2), after: "r1" };
    expect(await store.claimSend(next)).toEqual({ kind: "waiting" });
    for (const index of [0, 1]) {
      await store.claimSend(reply("r1", 1, { index, parts: 2 }));
      expect(await store.claimSend(next)).toEqual({ kind: "waiting" });
      await store.settleSend({ ...reply("r1", 1, { index }), outcome: "accepted", providerMessageId: `gs-${index}` });
    }
    expect(await store.claimSend(next)).toMatchObject({ kind: "claimed" });
  });

  test("a reply whose message was refused, held or given up is out of the way", async ({ store }) => {
    await store.claimSend(reply("r1", 1, { parts: 2 }));
    await store.settleSend({ ...reply("r1", 1), outcome: "held" });
    expect(await store.claimSend({ ...reply("r2", 2), after: "r1" })).toMatchObject({ kind: "claimed" });
    expect(await store.settleSend({ ...reply("r3", 3), outcome: "rejected", code: "gave-up" })).toMatchObject({
      state: "rejected",
    });
    expect(await store.claimSend({ ...reply("r4", 4), after: "r3" })).toMatchObject({ kind: "claimed" });
  });

  test("an older reply that did not begin is superseded by a newer one that went out", async ({ store }) => {
    await store.claimSend(reply("r1", 1, { parts: 2 }));
    await store.settleSend({ ...reply("r1", 1), outcome: "accepted", providerMessageId: "gs-1" });
    await store.claimSend(reply("r3", 3));
    await store.settleSend({ ...reply("r3", 3), outcome: "accepted", providerMessageId: "gs-3" });
    expect(await store.claimSend(reply("r2", 2))).toEqual({ kind: "suppressed", reason: "superseded" });
    expect(await store.claimSend(reply("r2", 2))).toMatchObject({
      kind: "done",
      state: "suppressed",
      code: "superseded",
    });
    expect(await store.claimSend(reply("r1", 1, { index: 1, parts: 2 }))).toMatchObject({ kind: "claimed" });
  });
});

describe("a message that must not go out", () => {
  test("is suppressed while the agent is off, unless it closes a hand-off", async ({ store, database }) => {
    await setBot(store, database, false);
    expect(await store.claimSend(reply("r1", 1))).toEqual({ kind: "suppressed", reason: "bot_paused" });
    expect(await store.claimSend(reply("r2", 2, { closing: true }))).toMatchObject({ kind: "claimed" });
    await setBot(store, database, true);
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({ kind: "done", state: "suppressed" });
  });

  test("is suppressed when the customer's last message is a day old", async ({ store, database }) => {
    await database.sql("update chat_identities set last_inbound_at = now() - interval '24 hours 1 second'");
    expect(await store.claimSend(reply("r1", 1))).toEqual({ kind: "suppressed", reason: "window_closed" });
  });

  test("is suppressed without a connection, until there is one", async ({ store, database }) => {
    await database.sql("update platform_connections set is_active = false where organization_id = $1", [
      aurora.organizationId,
    ]);
    expect(await store.claimSend(reply("r1", 1))).toEqual({ kind: "suppressed", reason: "no_connection" });
    await database.sql("update platform_connections set is_active = true");
    expect(await store.claimSend(reply("r1", 1))).toMatchObject({ kind: "claimed" });
  });
});

describe("a send that nobody knows the end of", () => {
  test("is found by a receipt of its conversation that belongs to no other", async ({ store }) => {
    const since = new Date(Date.now() - 1000).toISOString();
    const receipt = (providerMessageId: string) =>
      buildEvent(conversation, "reply.accepted", {
        ...{ providerMessageId, otherIds: [], at: new Date().toISOString(), status: "enqueued" },
      });
    await store.claimSend(reply("r0", 1));
    await store.settleSend({ ...reply("r0", 1), outcome: "accepted", providerMessageId: "gs-0" });
    await store.recordEvents([receipt("gs-0")]);
    expect(await store.findUnmatchedReceipt({ ...conversation, since })).toBeNull();
    expect(await store.lastReceiptAt(aurora.organizationId)).not.toBeNull();
    expect(await store.lastReceiptAt(brisa.organizationId)).toBeNull();
    await store.recordEvents([receipt("gs-1")]);
    expect(await store.findUnmatchedReceipt({ ...conversation, since })).toMatchObject({ providerMessageId: "gs-1" });
  });

  test("is listed for operators while it waits for one, a claim at work is not", async ({ store, database }) => {
    await store.claimSend(reply("r1", 1));
    await store.settleSend({ ...reply("r1", 1), outcome: "held" });
    await store.claimSend(reply("r2", 2));
    expect(await store.listUnknownSends({ limit: 10 })).toMatchObject([{ replyId: "r1", state: "held", attempts: 1 }]);
    await database.sql("update outbound_sends set claimed_at = now() - interval '2 minutes' where reply_id = 'r2'");
    expect(await store.listUnknownSends({ limit: 10 })).toMatchObject([{ replyId: "r2" }, { replyId: "r1" }]);
  });
});
