import type { Limits, Rate } from "@skytide/coordination";
import { expect, test } from "vitest";
import { createAdmission } from "../src/admission.ts";

/** Shared buckets in memory on a clock that the test turns, and how often they were asked. */
function createShared() {
  const state = { nowMs: 1_000, asked: 0, isAway: false };
  const fullAt = new Map<string, number>();
  const limits: Pick<Limits, "take"> = {
    async take(key, { tokens, perMs, burst }: Rate) {
      state.asked += 1;
      if (state.isAway) throw new Error("the store is away");
      const interval = perMs / tokens;
      const from = Math.max(fullAt.get(key) ?? 0, state.nowMs);
      const ms = from - state.nowMs - (burst - 1) * interval;
      if (ms > 0) return { kind: "wait", ms: Math.ceil(ms) };
      fullAt.set(key, from + interval);
      return { kind: "ok" };
    },
  };
  return { state, limits };
}

function replica({ state, limits }: ReturnType<typeof createShared>, perSecond: number) {
  const outages: unknown[] = [];
  const onStoreAway = (error: unknown) => outages.push(error);
  return { admit: createAdmission({ limits, perSecond, now: () => state.nowMs, onStoreAway }), outages };
}

type Admit = ReturnType<typeof replica>["admit"];

/** How many of so many calls in a row come in. */
async function admitted(admit: Admit, calls: number, key = "webhook.a"): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call += 1) if (await admit(key)) count += 1;
  return count;
}

test("twice the rate comes in at once, then the rate", async () => {
  const shared = createShared();
  const { admit } = replica(shared, 100);
  expect(await admitted(admit, 1_000)).toBe(200);
  shared.state.nowMs += 1_000;
  expect(await admitted(admit, 1_000)).toBe(100);
});

test("replicas share the limit, and organizations do not", async () => {
  const shared = createShared();
  const [one, other] = [replica(shared, 100).admit, replica(shared, 100).admit];
  const both = (await admitted(one, 150)) + (await admitted(other, 150));
  expect(both).toBeGreaterThanOrEqual(190);
  expect(both).toBeLessThanOrEqual(200);
  expect(await admitted(one, 100, "webhook.b")).toBe(100);
});

test("the store is asked once for every portion, and not while it said to wait", async () => {
  const shared = createShared();
  const { admit } = replica(shared, 500);
  expect(await admitted(admit, 100_000)).toBe(1_000);
  expect(shared.state.asked).toBeLessThanOrEqual(22);
});

test("while tokens are at hand the answer comes at once", async () => {
  const { admit } = replica(createShared(), 100);
  await admit("webhook.a");
  expect(admit("webhook.a")).toBe(true);
});

test("while the store is away each process admits the rate by itself and says so once", async () => {
  const shared = createShared();
  shared.state.isAway = true;
  const { admit, outages } = replica(shared, 100);
  let count = 0;
  for (let tick = 0; tick < 20; tick += 1) {
    count += await admitted(admit, 50);
    shared.state.nowMs += 100;
  }
  expect(count).toBe(200);
  expect(outages).toHaveLength(1);
});

test("a store that never answers costs a moment, not the webhook", async () => {
  const limits: Pick<Limits, "take"> = { take: () => new Promise(() => {}) };
  const admit = createAdmission({ limits, perSecond: 10, now: () => 0, onStoreAway: () => {} });
  expect(await admit("webhook.a")).toBe(false);
});

test("0 is no limit", () => {
  const admit = createAdmission({ ...createShared(), perSecond: 0, now: () => 0, onStoreAway: () => {} });
  expect(admit("webhook.a")).toBe(true);
});
