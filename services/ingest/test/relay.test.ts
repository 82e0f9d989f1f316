import { chatOf } from "@skytide/events";
import type { OutboxRow } from "@skytide/store";
import { test } from "@skytide/testing";
import { expect, vi } from "vitest";
import { type RelayDeps, relayOnce, runRelay } from "../src/relay.ts";
import { aurora, createObserved, hashKeys } from "./builders.ts";

const organizationId = aurora.organizationId;

function row(id: number, changes: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id,
    organizationId,
    chat: chatOf(hashKeys, organizationId, "whatsapp", "573001110001"),
    customer: null,
    type: "bot.resumed",
    data: { reason: "crm" },
    occurredAt: new Date().toISOString(),
    ...changes,
  };
}

/** An outbox in memory, with leases as the database gives them. */
function createOutbox(rows: OutboxRow[]) {
  const published = new Set<number>();
  let leasedUntil = 0;
  return {
    rows,
    published,
    claimOutbox: async ({ limit, leaseMs }: { limit: number; leaseMs: number }) => {
      if (Date.now() < leasedUntil) return [];
      const claimed = rows.filter(({ id }) => !published.has(id)).slice(0, limit);
      if (claimed.length > 0) leasedUntil = Date.now() + leaseMs;
      return claimed;
    },
    markOutboxPublished: async (ids: readonly number[]) => {
      for (const id of ids) published.add(id);
      leasedUntil = 0;
    },
    endLease: () => {
      leasedUntil = 0;
    },
  };
}

function depsOf(outbox: ReturnType<typeof createOutbox>, publish: RelayDeps["publish"]) {
  const { metrics, log, counter } = createObserved();
  return { deps: { ...outbox, publish, hashKeys, pollMs: 50, metrics, log }, counter };
}

test("each change stands on the log once and in order, although it was published twice", async ({ bus }) => {
  const outbox = createOutbox([row(1), row(2, { type: "bot.paused", data: { reason: "crm" } }), row(3)]);
  const { deps, counter } = depsOf(outbox, (event) => bus.publish(event));
  const before = (await bus.streamInfo("CONVERSATIONS")).messages;
  await relayOnce({
    ...deps,
    markOutboxPublished: () => Promise.reject(new Error("killed before it was marked")),
  }).catch(() => undefined);
  outbox.endLease();
  expect(await relayOnce(deps)).toBe(3);
  expect((await bus.streamInfo("CONVERSATIONS")).messages - before).toBe(3);
  expect(await counter('skytide_relay_rows_total{outcome="duplicate"}')).toBe(3);
  const chat = outbox.rows[0]?.chat ?? "";
  const { handoff } = await bus.readConversation({ organizationId, chat });
  expect(handoff.map(({ event }) => event.type)).toEqual(["bot.resumed", "bot.paused", "bot.resumed"]);
});

test("a change whose conversation is not known yet goes by the customer's id", async ({ bus }) => {
  const customer = { platform: "whatsapp", platformUserId: "573001110002" } as const;
  const data = { contactId: "c0000000-0000-4000-8000-000000000001" };
  const outbox = createOutbox([row(11, { chat: null, customer, type: "contact.created", data })]);
  const chats: string[] = [];
  const { deps } = depsOf(outbox, (event) => {
    chats.push(event.chat);
    return bus.publish(event);
  });
  await relayOnce(deps);
  expect(chats).toEqual([chatOf(hashKeys, organizationId, "whatsapp", "573001110002")]);
});

test("a change of nobody and one that is no event are counted and hold nothing up", async ({ bus }) => {
  const outbox = createOutbox([row(21, { chat: null }), row(22, { data: { reason: "no such reason" } }), row(23)]);
  const { deps, counter } = depsOf(outbox, (event) => bus.publish(event));
  expect(await relayOnce(deps)).toBe(3);
  expect([...outbox.published]).toEqual([21, 22, 23]);
  const outcomes = ["skipped", "invalid", "published"].map((one) =>
    counter(`skytide_relay_rows_total{outcome="${one}"}`),
  );
  expect(await Promise.all(outcomes)).toEqual([1, 1, 1]);
});

test("what the log did not take stays in the outbox, what it took before is marked", async ({ bus }) => {
  const outbox = createOutbox([row(31), row(32), row(33)]);
  let calls = 0;
  const { deps } = depsOf(outbox, (event) => {
    calls += 1;
    return calls === 2 ? Promise.reject(new Error("NATS is away")) : bus.publish(event);
  });
  await expect(relayOnce(deps)).rejects.toThrow("NATS is away");
  expect([...outbox.published]).toEqual([31]);
});

test("a running relay notices a change soon, goes on after a failure and stops at once", async ({ bus }) => {
  const outbox = createOutbox([]);
  let isAway = true;
  const { deps } = depsOf(outbox, (event) => bus.publish(event));
  const claimOutbox: RelayDeps["claimOutbox"] = (of) =>
    isAway ? Promise.reject(new Error("the database is away")) : outbox.claimOutbox(of);
  const stop = new AbortController();
  const running = runRelay({ ...deps, claimOutbox }, stop.signal);
  isAway = false;
  outbox.rows.push(row(41));
  await vi.waitFor(() => expect(outbox.published.has(41)).toBe(true), { timeout: 5_000 });
  outbox.rows.push(row(42));
  await vi.waitFor(() => expect(outbox.published.has(42)).toBe(true), { timeout: 5_000 });
  stop.abort();
  await running;
});
