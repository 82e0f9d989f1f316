import { test as base, demo, newConversation } from "@skytide/testing";
import { beforeEach, expect } from "vitest";
import { skytide } from "./cli.ts";

const AURORA = demo.aurora.organizationId;
const test = base.extend("env", ({ nats, database }) => ({
  NATS_URL: nats.url,
  SUPABASE_URL: database.url,
  SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
}));

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

test("an organization is paused and resumed, only with --yes, with a reason, and it is recorded who did it", async ({
  env,
  bus,
  database,
}) => {
  const pauses = () => database.sql("select scope, key, reason, paused_by, until is null as open from agent_pauses");
  const pause = ["pause", "org", AURORA, "--reason", "wrong prices"];
  const asked = await skytide(env, ...pause);
  expect(asked).toMatchObject({ code: 0, out: expect.stringContaining("Aurora Estética") });
  expect(asked.notes).toContain("Nothing was changed");
  expect(await pauses()).toEqual([]);
  expect((await skytide(env, ...pause, "--yes")).code).toBe(0);
  expect(await pauses()).toEqual([{ scope: "org", key: "", reason: "wrong prices", paused_by: "tester", open: true }]);
  expect((await skytide(env, "pause", "list")).out).toMatch(
    /Aurora Estética .* All conversations .* tester .*wrong prices/,
  );
  expect((await skytide(env, "resume", "org", AURORA, "--yes")).out).toContain("silent since");
  expect(await pauses()).toEqual([]);
  const last = await bus.lastSequence(`ops.${AURORA}.audit`);
  expect((await bus.readMessage("OPERATIONS", last))?.json()).toMatchObject({
    data: { operator: "tester", action: "agent.resume", facts: { scope: "org" } },
  });
  expect((await bus.readMessage("OPERATIONS", last - 1))?.json()).toMatchObject({
    data: { action: "agent.pause", facts: { scope: "org", reason: "wrong prices", until: "" } },
  });
});

test("a number and a conversation are paused by name, for a while", async ({ env, database }) => {
  const { chat } = newConversation(AURORA);
  await database.sql(
    "insert into chat_identities (organization_id, platform_user_id, chat) values ($1, '573009', $2)",
    [AURORA, chat],
  );
  const until = ["--reason", "r", "--for", "2h", "--yes"];
  expect((await skytide(env, "pause", "bot", AURORA, "AuroraDemo", ...until)).code).toBe(0);
  expect((await skytide(env, "pause", "conversation", AURORA, chat, ...until, "--json")).code).toBe(0);
  const listed = JSON.parse((await skytide(env, "pause", "list", "--json")).out) as { key: string; until: string }[];
  expect(listed.map(({ key }) => key)).toEqual(["AuroraDemo", chat]);
  for (const one of listed) expect(Date.parse(one.until) - Date.now()).toBeGreaterThan(7_100_000);
});

test("what is not there, a pause without a reason, and one that is over, are said in a sentence", async ({ env }) => {
  expect(await skytide(env, "pause", "bot", AURORA, "Nobody", "--reason", "r")).toMatchObject({
    code: 1,
    notes: expect.stringContaining("no number behind such an app"),
  });
  expect(await skytide(env, "pause", "org", AURORA)).toMatchObject({
    code: 2,
    notes: expect.stringContaining("--reason"),
  });
  expect(await skytide(env, "pause", "org", "aurora", "--reason", "r")).toMatchObject({ code: 2 });
  expect((await skytide(env, "resume", "org", AURORA, "--yes")).notes).toContain("Nothing is paused there");
});
