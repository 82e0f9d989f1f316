import { createStore } from "@skytide/store";
import { test as base, demo } from "@skytide/testing";
import { beforeEach, expect } from "vitest";
import { skytide } from "./cli.ts";

const { aurora, brisa, customers } = demo;
const test = base
  .extend("store", ({ database }) => createStore(database))
  .extend("env", ({ database }) => ({
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
  }));

interface Shown {
  tenants: { organizationId: string; [fact: string]: unknown }[];
}

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

test("organizations stand in the order of their trouble, with what is wrong", async ({ store, database, env }) => {
  const shown = async () => (JSON.parse((await skytide(env, "orgs", "--json")).out) as Shown).tenants;
  const ids = async () => (await shown()).map(({ organizationId }) => organizationId);
  const turns = { at: new Date(), calls: [], failedTurns: 0 };
  await store.recordUsage({ ...turns, organizationId: aurora.organizationId, id: crypto.randomUUID(), turns: 200 });
  await store.recordUsage({
    ...{ ...turns, organizationId: brisa.organizationId, id: crypto.randomUUID() },
    ...{ turns: 20, failedTurns: 3 },
  });
  expect(await ids()).toEqual([brisa.organizationId, aurora.organizationId]);
  expect((await skytide(env, "orgs")).out).toMatch(/Brisa Dental .* 20 +3 +15\.0 %/);

  const refusal = { appName: "AuroraDemo", code: "gupshup-key-refused", setting: "gupshup_api_key" };
  await store.reportSendRefusal({
    ...{ ...refusal, organizationId: aurora.organizationId, waits: false, late: false },
    ...{ patienceMs: 0, pauseMs: 60_000 },
  });
  expect(await ids()).toEqual([aurora.organizationId, brisa.organizationId]);
  expect((await shown())[0]).toMatchObject({ blocked: ["gupshup-key-refused"], turns: 200, failedTurns: 0 });
  // Who switched the agent off wants it so.
  await database.sql("update organizations set agent_enabled = false where id = $1", [aurora.organizationId]);
  expect(await ids()).toEqual([brisa.organizationId, aurora.organizationId]);
});

test("a customer whom nobody has answered for two minutes waits, whoever should have answered", async ({
  store,
  database,
  env,
}) => {
  const { organizationId } = aurora;
  const start = { organizationId, chat: "k1_a", platform: "whatsapp", platformUserId: customers.carlos } as const;
  const { chatIdentityId } = await store.beginTurn({ ...start, lastMessageAt: new Date().toISOString() });
  const write = (direction: string, minutesAgo: number) =>
    database.sql(
      `insert into chat_messages (chat_identity_id, direction, message, timestamp) values ($1, $2::message_direction, 'x', now() - make_interval(mins => $3))`,
      [chatIdentityId, direction, minutesAgo],
    );
  const waiting = async () =>
    (await store.listTenants()).tenants.find((one) => one.organizationId === organizationId)?.waiting;
  await write("outgoing", 20);
  await write("incoming", 10);
  expect(await waiting()).toBe(0);
  await database.sql("update chat_identities set last_inbound_at = now() - interval '10 minutes'");
  expect(await waiting()).toBe(1);
  expect((await skytide(env, "orgs")).out).toMatch(/Aurora Estética .* 1 since 10 min/);
  await write("outgoing", 5);
  expect(await waiting()).toBe(0);
});

test("a pause, drafts, a ceiling and a missing connection are said", async ({ store, database, env }) => {
  const { organizationId } = brisa;
  await store.pauseAgent({ organizationId, scope: "org", key: "", reason: "r", by: "tester", until: null });
  await database.sql("update organizations set draft_mode = true, daily_spend_usd = 0 where id = $1", [
    aurora.organizationId,
  ]);
  await store.recordUsage(
    {
      organizationId: aurora.organizationId,
      id: crypto.randomUUID(),
      at: new Date(),
      calls: [],
      turns: 0,
      failedTurns: 0,
    },
    { tells: true },
  );
  await database.sql("update platform_connections set is_active = false where organization_id = $1", [organizationId]);
  const { out } = await skytide(env, "orgs");
  expect(out).toMatch(/Brisa Dental +PAUSED .* no-connection/);
  expect(out).toMatch(/Aurora Estética +drafts .* spend-ceiling/);
  expect(out).toContain("2 with something to look at");
});
