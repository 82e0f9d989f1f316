import { test as base, demo, type TestDatabase } from "@skytide/testing";
import { beforeEach, expect } from "vitest";
import { createStore, type Store } from "../src/index.ts";

const { aurora, brisa, customers } = demo;
const organizationId: string = aurora.organizationId;
const phone = "573009990001";

const test = base.extend("store", ({ database }) =>
  createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey }),
);

beforeEach<{ database: TestDatabase }>(({ database }) => database.reset());

async function raise(store: Store) {
  const { chatIdentityId } = await store.beginTurn({
    ...{
      organizationId,
      chat: "t_laura",
      platform: "whatsapp",
      platformUserId: customers.laura,
      phone: customers.laura,
    },
    profileName: "Laura",
  });
  const { escalationId } = await store.raiseEscalation({
    ...{ organizationId, chatIdentityId, reason: "user_asked", summary: "Quiere una persona", idempotencyKey: "k1" },
  });
  return { organizationId, escalationId };
}

test("a notice names its conversation, its words and every enabled recipient", async ({ store }) => {
  const key = await raise(store);
  expect(await store.beginNotice(key)).toMatchObject({
    ...{ chat: "t_laura", state: "raised", recipients: [{ phone }] },
    ...{ customerName: "Laura", customerPhone: customers.laura, reason: "user_asked", summary: "Quiere una persona" },
    timezone: "America/Bogota",
  });
  expect(await store.beginNotice({ ...key, organizationId: brisa.organizationId })).toBeNull();
});

test("a notice says that somebody was reached, and is gone when nobody was", async ({ store }) => {
  const key = await raise(store);
  await store.settleEscalation({ ...key, outcome: "notified" });
  expect(await store.beginNotice(key)).toMatchObject({ state: "notified" });
  await store.settleEscalation({ ...key, outcome: "failed" });
  expect(await store.beginNotice(key)).toMatchObject({ state: "notified" });
});

test("an escalation that reached nobody is closed", async ({ store }) => {
  const key = await raise(store);
  await store.settleEscalation({ ...key, outcome: "failed" });
  expect(await store.beginNotice(key)).toBeNull();
});

test("one person's notice is claimed once, however many ask at once", async ({ store }) => {
  const key = { ...(await raise(store)), phone };
  const claims = await Promise.all(Array.from({ length: 10 }, () => store.claimNotice(key)));
  expect(claims.filter(({ kind }) => kind === "new")).toHaveLength(1);
  expect(claims.filter(({ kind }) => kind === "unknown")).toHaveLength(9);
});

test("a notice that was accepted or refused stays so", async ({ store }) => {
  const key = await raise(store);
  for (const [other, outcome] of [
    ["573009990008", "accepted"],
    ["573009990009", "rejected"],
  ] as const) {
    await store.claimNotice({ ...key, phone: other });
    await store.settleNotice({ ...key, phone: other, outcome });
    expect(await store.claimNotice({ ...key, phone: other, resend: true })).toEqual({ kind: outcome });
  }
});

test("a notice that was given back is given again; one without an end is taken over once", async ({ store }) => {
  const key = { ...(await raise(store)), phone };
  await store.claimNotice(key);
  await store.settleNotice({ ...key, outcome: "released" });
  expect(await store.claimNotice(key)).toEqual({ kind: "new" });
  expect(await store.claimNotice(key)).toMatchObject({ kind: "unknown", attempts: 1 });
  expect(await store.claimNotice({ ...key, resend: true })).toEqual({ kind: "new" });
  expect(await store.claimNotice({ ...key, resend: true })).toMatchObject({ kind: "unknown", attempts: 2 });
});
