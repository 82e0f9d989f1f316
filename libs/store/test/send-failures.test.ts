import { test as base, buildEvent, demo, type TestDatabase } from "@skytide/testing";
import { beforeEach, describe, expect } from "vitest";
import { createStore, type SendRefusal, type Store } from "../src/index.ts";

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

function reply(replyId: string, sequence = 1) {
  return { ...conversation, replyId, sequence, index: 0, parts: 1, closing: false };
}

function refusal(rest: Partial<SendRefusal> = {}): SendRefusal {
  const what = { code: "gupshup-key-refused", setting: "gupshup_api_key", waits: false, late: false };
  return { ...conversation, appName: aurora.app, ...what, patienceMs: 0, pauseMs: 60_000, ...rest };
}

async function accept(store: Store, replyId: string, providerMessageId: string) {
  await store.claimSend(reply(replyId));
  await store.settleSend({ ...reply(replyId), outcome: "accepted", providerMessageId });
}

describe("the circuit of an app", () => {
  test("opens for all, is listed, and leaves the other organization alone", async ({ store }) => {
    expect(await store.reportSendRefusal(refusal())).toMatchObject({ open: true, opened: true });
    expect(await store.reportSendRefusal(refusal())).toMatchObject({ open: true, opened: false });
    expect(await store.claimSend(reply("r1"))).toMatchObject({
      kind: "blocked",
      code: "gupshup-key-refused",
      waits: false,
    });
    expect(await store.listSendCircuits()).toMatchObject([
      { organizationId: aurora.organizationId, appName: aurora.app, code: "gupshup-key-refused", failures: 2 },
    ]);
    const other = await store.claimSend({ ...reply("r1"), organizationId: brisa.organizationId });
    expect(other).toMatchObject({ kind: "claimed" });
    expect(await store.closeSendCircuit({ ...conversation, appName: aurora.app })).toEqual({ closed: true });
    expect(await store.claimSend(reply("r1"))).toMatchObject({ kind: "claimed" });
  });

  test("opens only when refusals go on, and forgets one that a success followed", async ({ store, database }) => {
    const patient = refusal({ patienceMs: 10_000 });
    expect(await store.reportSendRefusal(patient)).toMatchObject({ open: false });
    await accept(store, "r1", "gs-1");
    expect(await store.reportSendRefusal(patient)).toMatchObject({ open: false });
    await database.sql("update send_circuits set first_failed_at = now() - interval '11 seconds'");
    expect(await store.reportSendRefusal(patient)).toMatchObject({ open: true, opened: true });
  });

  test("lets one message try after its pause; accepted closes it, refused doubles the pause", async ({
    store,
    database,
  }) => {
    const over = () => database.sql("update send_circuits set retry_at = now() - interval '1 second'");
    await store.reportSendRefusal(refusal());
    await over();
    const claims = await Promise.all(["r1", "r2", "r3"].map((id) => store.claimSend(reply(id))));
    expect(claims.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === "blocked")).toHaveLength(2);
    const { retryInMs } = await store.reportSendRefusal(refusal());
    expect(retryInMs).toBeGreaterThan(100_000);
    await over();
    await accept(store, "r4", "gs-4");
    expect(await store.listSendCircuits()).toEqual([]);
  });

  test("opened by a receipt closes when nothing failed since its trial; what was sent before says nothing", async ({
    store,
    database,
  }) => {
    const over = () => database.sql("update send_circuits set retry_at = now() - interval '1 second'");
    const empty = refusal({ code: "gupshup-wallet-empty", setting: "gupshup_wallet", late: true });
    await store.reportSendRefusal(empty);
    await over();
    await accept(store, "trial", "gs-1");
    expect(await store.claimSend(reply("r2"))).toMatchObject({ kind: "blocked" });
    const old = { ...empty, sentAt: new Date(Date.now() - 60_000).toISOString() };
    expect(await store.reportSendRefusal(old)).toMatchObject({ open: true });
    await over();
    expect(await store.claimSend(reply("r2"))).toMatchObject({ kind: "claimed" });
    expect(await store.listSendCircuits()).toEqual([]);
  });

  test("stays open when the trial fails late", async ({ store, database }) => {
    const empty = refusal({ code: "gupshup-wallet-empty", setting: "gupshup_wallet", late: true });
    await store.reportSendRefusal(empty);
    await database.sql("update send_circuits set retry_at = now() - interval '1 second'");
    await accept(store, "trial", "gs-1");
    const failed = await store.findSend({ ...conversation, ids: ["gs-1"] });
    expect(failed).toMatchObject({ replyId: "trial", appName: aurora.app, current: true });
    const { retryInMs } = await store.reportSendRefusal({ ...empty, sentAt: failed?.claimedAt });
    expect(retryInMs).toBeGreaterThan(100_000);
  });
});

describe("a send that failed after it was accepted", () => {
  test("is found by any id, taken back once, and known by its earlier id afterwards", async ({ store }) => {
    await accept(store, "r1", "gs-1");
    const of = { ...conversation, replyId: "r1", index: 0, ids: ["other", "gs-1"], code: "131056" };
    expect(await store.findSend(of)).toMatchObject({ replyId: "r1", state: "accepted", current: true, resends: 0 });
    expect(await store.reopenSend(of)).toEqual({ reopened: true });
    expect(await store.reopenSend(of)).toEqual({ reopened: false });
    expect(await store.findSend(of)).toMatchObject({ state: "released", current: false, resends: 1 });
    expect(await store.claimSend(reply("r1"))).toMatchObject({ kind: "claimed", resends: 1 });
    await store.settleSend({ ...reply("r1"), outcome: "accepted", providerMessageId: "gs-2" });
    expect(await store.findSend({ ...of, ids: ["gs-2"] })).toMatchObject({ current: true, resends: 1 });
    expect(await store.findSend({ ...of, organizationId: brisa.organizationId })).toBeNull();
  });

  test("and whose receipts say that it was delivered is told so", async ({ store }) => {
    await accept(store, "r1", "gs-1");
    const at = new Date().toISOString();
    await store.recordEvents([
      buildEvent(conversation, "reply.delivered", { providerMessageId: "gs-1", otherIds: ["w-1"], at }),
    ]);
    expect(await store.findSend({ ...conversation, ids: ["gs-1"] })).toMatchObject({ delivered: true });
  });

  test("leaves no receipt behind that an uncertain send could take for its own", async ({ store }) => {
    await accept(store, "r1", "gs-1");
    const at = new Date().toISOString();
    await store.recordEvents([
      buildEvent(conversation, "reply.accepted", { providerMessageId: "gs-1", otherIds: [], at, status: "enqueued" }),
    ]);
    await store.reopenSend({ ...conversation, replyId: "r1", index: 0, ids: ["gs-1"], code: "131056" });
    expect(await store.findUnmatchedReceipt({ ...conversation, since: "2026-01-01T00:00:00Z" })).toBeNull();
  });

  test("shows its newest try to staff, whichever try is recorded first", async ({ store, database }) => {
    const sent = (id: string, at: string) =>
      buildEvent(conversation, "reply.sent", {
        replyId: "r1",
        index: 0,
        providerMessageId: id,
        at,
        text: `Hola ${id}`,
      });
    const first = sent("gs-1", "2026-11-22T10:00:00Z");
    const second = sent("gs-2", "2026-11-22T10:01:00Z");
    const failed = buildEvent(conversation, "reply.failed", {
      ...{
        providerMessageId: "gs-1",
        otherIds: [],
        at: "2026-11-22T10:00:30Z",
        code: "provider",
        providerCode: 131_056,
      },
    });
    const read = buildEvent(conversation, "reply.read", {
      providerMessageId: "gs-2",
      otherIds: [],
      at: "2026-11-22T10:02:00Z",
    });
    for (const order of [
      [first, failed, second, read],
      [read, second, failed, first],
      [second, first, read, failed],
    ]) {
      await database.sql("delete from chat_messages");
      await database.sql("delete from message_receipts");
      for (const event of order) await store.recordEvents([event]);
      expect(await database.sql("select platform_message_id, message, message_status from chat_messages")).toEqual([
        { platform_message_id: "gs-2", message: "Hola gs-2", message_status: "read" },
      ]);
    }
  });
});

describe("a closed window", () => {
  const yesterday =
    "update chat_identities set last_inbound_at = now() - interval '25 hours', first_seen = now() - interval '25 hours'";

  test("names the organization's template, which then goes instead of the rest of the reply", async ({
    store,
    database,
  }) => {
    await database.sql(yesterday);
    await database.sql("update organizations set reply_template_id = 'template-1' where id = $1", [
      aurora.organizationId,
    ]);
    const asked = { ...reply("r1"), parts: 2 };
    const closed = { kind: "suppressed", reason: "window_closed", templateId: "template-1" };
    expect(await store.claimSend(asked)).toMatchObject(closed);
    expect(await store.claimSend({ ...asked, parts: 1, asTemplate: true })).toMatchObject({
      kind: "claimed",
      templateId: "template-1",
    });
    await store.settleSend({ ...asked, outcome: "accepted", providerMessageId: "gs-1" });
    expect(await store.claimSend(asked)).toMatchObject({ kind: "done", state: "accepted", asTemplate: true });
    // Nothing of it is missing: the next reply may go.
    expect(await store.claimSend({ ...reply("r2", 2), after: "r1" })).toMatchObject(closed);
  });

  test("asks for a person once per time that the customer wrote", async ({ store, database }) => {
    await database.sql(yesterday);
    const of = { ...conversation, summary: "No le llegó" };
    const first = await store.escalateUnsent(of);
    expect(first?.escalationId).toBeDefined();
    // Until somebody was told the event may have to be published again.
    expect((await store.escalateUnsent(of))?.escalationId).toBe(first?.escalationId);
    await database.sql("update escalations set status = 'failed', closed_at = now()");
    expect(await store.escalateUnsent(of)).toBeNull();
    await database.sql("update chat_identities set last_inbound_at = now()");
    expect((await store.escalateUnsent(of))?.escalationId).not.toBe(first?.escalationId);
  });

  test("holds no reminder up, nor does a pause or a newer reply", async ({ store, database }) => {
    await accept(store, "newer", "gs-1");
    await database.sql(yesterday);
    await database.sql("update chat_identities set bot_enabled = false");
    const reminder = { ...reply("reminder", 0), reminder: true };
    expect(await store.claimSend(reminder)).toMatchObject({ kind: "claimed" });
    await store.settleSend({ ...reminder, outcome: "accepted", providerMessageId: "gs-2" });
    await database.sql("update outbound_sends set sequence = 99 where reply_id = 'reminder'");
    await database.sql("update chat_identities set bot_enabled = true, last_inbound_at = now()");
    expect(await store.claimSend(reply("answer", 2))).toMatchObject({ kind: "claimed" });
  });
});

describe("an operator's word on a held send", () => {
  async function held(store: Store) {
    await store.claimSend(reply("r1", 7));
    await store.settleSend({ ...reply("r1"), outcome: "held", code: "send-unknown" });
    return { organizationId: conversation.organizationId, replyId: "r1", index: 0 };
  }

  test("sent: it counts as accepted", async ({ store }) => {
    const of = await held(store);
    expect(await store.listUnknownSends({ limit: 10 })).toMatchObject([
      { ...of, chat: "t_laura", sequence: 7, state: "held" },
    ]);
    const resolved = await store.resolveUnknownSend({ ...of, decision: "sent" });
    expect(resolved).toMatchObject({ kind: "resolved", state: "accepted", sequence: 7 });
    expect(await store.listUnknownSends({ limit: 10 })).toEqual([]);
    expect(await store.claimSend(reply("r1", 7))).toMatchObject({ kind: "done", state: "accepted" });
  });

  test("resend: it can be claimed again, once; drop: never", async ({ store }) => {
    const of = await held(store);
    expect(await store.resolveUnknownSend({ ...of, decision: "resend" })).toMatchObject({ state: "released" });
    expect(await store.resolveUnknownSend({ ...of, decision: "resend" })).toMatchObject({
      kind: "refused",
      code: "send_not_held",
    });
    expect(await store.claimSend(reply("r1", 7))).toMatchObject({ kind: "claimed" });
    expect(await store.resolveUnknownSend({ ...of, decision: "drop" })).toMatchObject({ state: "rejected" });
    expect(await store.claimSend(reply("r1", 7))).toMatchObject({ kind: "done", state: "rejected", code: "dropped" });
    expect(await store.resolveUnknownSend({ ...of, replyId: "nobody's", decision: "drop" })).toMatchObject({
      code: "send_not_found",
    });
  });
});

test("typing is shown for a message that nobody has answered, where the agent answers", async ({ store, database }) => {
  const at = new Date().toISOString();
  expect(await store.typingTarget(conversation)).toBeNull();
  await store.recordEvents([
    buildEvent(conversation, "message.received", {
      ...{
        platform: "whatsapp",
        providerMessageId: "wamid.1",
        app: aurora.app,
        content: { kind: "text", text: "Hola" },
      },
      ...{ customer: { platformUserId: customers.laura }, sentAt: at, receivedAt: at, receivedVia: "gupshup-v2" },
    }),
  ]);
  expect(await store.typingTarget(conversation)).toEqual({ appId: aurora.appId, inboundMessageId: "wamid.1" });
  await database.sql("update chat_identities set bot_enabled = false");
  expect(await store.typingTarget(conversation)).toBeNull();
});
