import { test } from "@skytide/testing";
import { expect } from "vitest";

test("a key is created once, updated only from its last revision, and removed only at that revision", async ({
  bus,
}) => {
  const bucket = bus.keyValue("LEASES");
  const created = await bucket.create("a.b", { owner: 1 }, { ttlMs: 60_000 });
  expect(created).not.toBeNull();
  expect(await bucket.create("a.b", { owner: 2 })).toBeNull();
  const updated = await bucket.update("a.b", { owner: 1, again: true }, created ?? 0, { ttlMs: 60_000 });
  expect(await bucket.update("a.b", { owner: 3 }, created ?? 0)).toBeNull();
  await bucket.remove(created ?? 0);
  expect(await bucket.get("a.b")).toMatchObject({ revision: updated, value: { owner: 1, again: true } });
  await bucket.remove(updated ?? 0);
  expect(await bucket.get("a.b")).toBeNull();
  expect(await bucket.create("a.b", { owner: 2 })).not.toBeNull();
});

test("a value with a time to live goes away by itself", async ({ bus }) => {
  const bucket = bus.keyValue("LEASES");
  await bucket.create("short", 1, { ttlMs: 1_000 });
  await expect.poll(() => bucket.get("short"), { timeout: 3_000 }).toBeNull();
});

test("a history keeps its order until it is purged", async ({ bus }) => {
  const bucket = bus.keyValue("JOURNAL");
  let revision = 0;
  for (const step of ["one", "two", "three"]) revision = (await bucket.update("turn", step, revision)) ?? 0;
  expect((await bucket.history("turn")).map(({ value }) => value)).toEqual(["one", "two", "three"]);
  await bucket.purge("turn");
  expect(await bucket.history("turn")).toEqual([]);
});
