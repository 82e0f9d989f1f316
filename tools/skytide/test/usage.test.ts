import { createStore } from "@skytide/store";
import { test as base, demo } from "@skytide/testing";
import { beforeEach, expect } from "vitest";
import { skytide } from "./cli.ts";

const { aurora, brisa } = demo;

const test = base
  .extend("store", ({ database }) => createStore(database))
  .extend("env", ({ database }) => ({
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    NATS_URL: "nats://127.0.0.1:1",
  }));

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

const call = {
  ...{ chat: "k1_a", model: "gpt-4o", operation: "decide", calls: 1, unpriced: 0 },
  ...{ input: 900, cached: 500, output: 40, usd: 0.0031 },
};

function write(organizationId: string, calls: (typeof call)[], at = new Date()) {
  return { organizationId, id: crypto.randomUUID(), at, calls, turns: 0, failedTurns: 0 };
}

const lines = (out: string) => out.split("\n").map((line) => line.split(","));

test("a bill has one line per conversation, day and model, in whole: the same write twice counts once", async ({
  store,
  env,
}) => {
  const twice = write(aurora.organizationId, [call, { ...call, chat: "k1_b", operation: "phrase", usd: 0.001 }]);
  for (let n = 0; n < 3; n += 1) await store.recordUsage(twice);
  await store.recordUsage(write(aurora.organizationId, [call]));
  await store.recordUsage(write(brisa.organizationId, [{ ...call, chat: "k1_c" }]));
  const { code, out } = await skytide(env, "usage", "--org", aurora.organizationId, "--by", "conversation", "--csv");
  expect(code).toBe(0);
  const [heading, ...rows] = lines(out);
  expect(heading?.slice(4, 11)).toEqual([
    "conversation",
    "model",
    "calls",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "cost_usd",
  ]);
  expect(rows.map((row) => row.slice(4))).toEqual([
    ["k1_a", "gpt-4o", "2", "1800", "1000", "80", "0.0062", "0"],
    ["k1_b", "gpt-4o", "1", "900", "500", "40", "0.001", "0"],
  ]);
});

test("two replicas that write at once lose nothing", async ({ store, env }) => {
  const calls = [call, { ...call, chat: "k1_b" }];
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      store.recordUsage(write(aurora.organizationId, n % 2 ? calls : calls.toReversed())),
    ),
  );
  const { out } = await skytide(env, "usage", "--by", "org", "--json");
  expect(JSON.parse(out)).toMatchObject({ calls: 40, inputTokens: 36_000, usd: 0.124 });
});

test("a day is one of the organization's calendar", async ({ store, database, env }) => {
  await database.sql("update organizations set timezone = 'Pacific/Kiritimati' where id = $1", [brisa.organizationId]);
  const at = new Date(Date.now() - 3_600_000);
  for (const { organizationId } of [aurora, brisa]) await store.recordUsage(write(organizationId, [call], at));
  const { out } = await skytide(env, "usage", "--since", "3d", "--json");
  const dayIn = (timeZone: string) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);
  const shown = out.split("\n").map((line) => JSON.parse(line) as { day: string });
  expect(shown.map(({ day }) => day)).toEqual([dayIn("America/Bogota"), dayIn("Pacific/Kiritimati")]);
});

test("a cost that nobody knows is empty and said, not zero", async ({ store, env }) => {
  await store.recordUsage(write(aurora.organizationId, [{ ...call, unpriced: 1, usd: 0 }]));
  const { out, notes } = await skytide(env, "usage", "--csv");
  expect(lines(out)[1]?.slice(-2)).toEqual(["", "1"]);
  expect(notes).toContain("1 of them had no price");
  expect(notes).toContain("MODEL_PRICES named no gpt-4o");
  expect((await skytide(env, "usage")).out).toContain("no price");
});

test("a fleet's bill of many pages is complete, in an order that a spreadsheet can take", async ({
  store,
  database,
  env,
}) => {
  await database.sql("update organizations set name = '=cmd|Aurora, \"Estética\"' where id = $1", [
    aurora.organizationId,
  ]);
  const calls = Array.from({ length: 2_500 }, (_, n) => ({ ...call, chat: `k1_${n}` }));
  await store.recordUsage(write(aurora.organizationId, calls));
  const { out } = await skytide(env, "usage", "--by", "conversation", "--csv");
  const [, ...rows] = out.split("\n");
  expect(new Set(rows).size).toBe(2_500);
  expect(rows[0]).toContain(`,"'=cmd|Aurora, ""Estética""",`);
});

test("a period that ends before it begins, or a day that does not exist, is called wrongly", async ({ env }) => {
  expect(await skytide(env, "usage", "--from", "2026-11-02", "--to", "2026-11-01")).toMatchObject({ code: 2 });
  expect(await skytide(env, "usage", "--from", "2026-02-30")).toMatchObject({ code: 2 });
});
