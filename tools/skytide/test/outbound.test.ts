import { retrySubject } from "@skytide/events";
import { createStore } from "@skytide/store";
import { test as base, buildEvent, demo, newConversation } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

const { aurora, customers } = demo;

/** A reply on the log whose only message is held. */
const test = base.extend("held", async ({ nats, bus, database }) => {
  const store = createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey });
  const conversation = newConversation(aurora.organizationId);
  await store.beginTurn({ ...conversation, platform: "whatsapp", platformUserId: customers.laura });
  const reply = buildEvent(conversation, "reply.requested", {
    messages: [{ kind: "text", text: "Soy Laura" }],
    closing: false,
  });
  const { sequence } = await bus.publish(reply);
  const key = { ...conversation, replyId: reply.id, index: 0 };
  await store.claimSend({ ...key, parts: 1, sequence, closing: false });
  await store.settleSend({ ...key, outcome: "held", code: "send-unknown" });
  const env = {
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
  };
  const lastOf = async (stream: string, subject: string) =>
    (await bus.readMessage(stream, await bus.lastSequence(subject)))?.json();
  return { ...conversation, reply, sequence, store, env, lastOf };
});

test("held sends are listed without what they say, and settled only with one word and --yes", async ({ held }) => {
  const { env, reply, store, organizationId } = held;
  const listed = await skytide(env, "outbound", "unknown", "--json");
  expect(JSON.parse(listed.out)).toMatchObject([{ organizationId, replyId: reply.id, index: 0, state: "held" }]);
  expect((await skytide(env, "outbound", "unknown")).out).not.toContain("Laura");
  expect(await skytide(env, "outbound", "settle", reply.id)).toMatchObject({ code: 2 });
  expect(await skytide(env, "outbound", "settle", reply.id, "--sent", "--drop")).toMatchObject({ code: 2 });
  const dry = await skytide(env, "outbound", "settle", reply.id, "--drop");
  expect([dry.code, dry.notes]).toEqual([0, expect.stringContaining("--yes")]);
  expect(await store.listUnknownSends({ limit: 10 })).toHaveLength(1);
  expect(await skytide(env, "outbound", "settle", "nobody", "--drop", "--yes")).toMatchObject({ code: 1 });
  expect(await skytide(env, "outbound", "settle", reply.id, "--drop", "--yes")).toMatchObject({ code: 0 });
  expect((await skytide(env, "outbound", "unknown")).out).toBe("None.");
});

test("one that the customer has counts as sent, and outbound is to tell it, in the operator's name", async ({
  held,
}) => {
  const { env, reply, sequence, store, organizationId, chat, lastOf } = held;
  expect(await skytide(env, "outbound", "settle", reply.id, "--sent", "--yes")).toMatchObject({ code: 0 });
  expect(await lastOf("DEADLETTERS", retrySubject("outbound", organizationId, chat))).toMatchObject({ sequence });
  const claim = { organizationId, chat, replyId: reply.id, index: 0, parts: 1, sequence, closing: false };
  expect(await store.claimSend(claim)).toMatchObject({ kind: "done", state: "accepted" });
  expect(await lastOf("OPERATIONS", `ops.${organizationId}.audit`)).toMatchObject({
    data: { operator: "tester", action: "outbound.settle-sent", facts: { replyId: reply.id, index: 0 } },
  });
});

test("one that the customer does not have is given back to outbound alone, and may be claimed again", async ({
  held,
}) => {
  const { env, reply, sequence, store, organizationId, chat, lastOf } = held;
  expect(await skytide(env, "outbound", "settle", reply.id, "0", "--resend", "--yes")).toMatchObject({ code: 0 });
  expect(await lastOf("DEADLETTERS", retrySubject("outbound", organizationId, chat))).toMatchObject({
    ...{ stage: "outbound", durable: "outbound", stream: "CONVERSATIONS", sequence, eventId: reply.id },
  });
  const claim = { organizationId, chat, replyId: reply.id, index: 0, parts: 1, sequence, closing: false };
  expect(await store.claimSend(claim)).toMatchObject({ kind: "claimed" });
});

test("blocked apps are listed with who, why and since when, and let through again", async ({ held }) => {
  const { env, store, organizationId } = held;
  await store.reportSendRefusal({
    ...{ organizationId, appName: aurora.app, code: "gupshup-wallet-empty", setting: "gupshup_wallet" },
    ...{ waits: false, late: true, patienceMs: 0, pauseMs: 60_000 },
  });
  expect(JSON.parse((await skytide(env, "outbound", "blocked", "--json")).out)).toMatchObject([
    { organizationId, appName: aurora.app, code: "gupshup-wallet-empty", setting: "gupshup_wallet" },
  ]);
  expect((await skytide(env, "outbound", "blocked")).out).toContain("gupshup-wallet-empty");
  await skytide(env, "outbound", "unblock", organizationId, aurora.app);
  expect(await store.listSendCircuits()).toHaveLength(1);
  await skytide(env, "outbound", "unblock", organizationId, aurora.app, "--yes");
  expect(await store.listSendCircuits()).toEqual([]);
  expect(await skytide(env, "outbound", "unblock", organizationId, aurora.app, "--yes")).toMatchObject({ code: 1 });
});
