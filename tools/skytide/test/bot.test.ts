import { newConversation, test } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

const AURORA = "a0000000-0000-4000-8000-000000000001";

test("the agent is switched off and on in one conversation, only with --yes, and it is recorded who did it", async ({
  nats,
  bus,
  database,
}) => {
  const env = { NATS_URL: nats.url, SUPABASE_URL: database.url, SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey };
  const { chat } = newConversation(AURORA);
  await database.sql(
    "insert into chat_identities (organization_id, platform_user_id, chat) values ($1, '573009', $2)",
    [AURORA, chat],
  );
  const state = () =>
    database.sql("select bot_enabled, bot_paused_reason from chat_identities where chat = $1", [chat]);
  expect((await skytide(env, "bot", "off", AURORA, chat)).code).toBe(0);
  expect(await state()).toEqual([{ bot_enabled: true, bot_paused_reason: null }]);
  expect((await skytide(env, "bot", "off", AURORA, chat, "--yes")).code).toBe(0);
  expect(await state()).toEqual([{ bot_enabled: false, bot_paused_reason: "command" }]);
  expect((await skytide(env, "bot", "off", AURORA, chat, "--yes")).out).toContain("off already");
  await skytide(env, "bot", "on", AURORA, chat, "--yes");
  expect(await state()).toMatchObject([{ bot_enabled: true }]);
  expect((await bus.streamInfo("OPERATIONS")).messages).toBe(2);
  expect(await skytide(env, "bot", "on", AURORA, "k1_unknown", "--yes")).toMatchObject({ code: 1 });
});
