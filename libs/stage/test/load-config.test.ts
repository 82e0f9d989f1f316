import { expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, loadConfig, stageSettings, storeSettings } from "../src/index.ts";

const schema = z.object({
  ...stageSettings,
  ...storeSettings,
  DEBOUNCE_MS: z.coerce.number().int().min(0).default(10_000).describe("Waiting for the customer to finish."),
});
const enough = {
  CHAT_HASH_KEYS: "v1:0123456789abcdef",
  SUPABASE_URL: "http://127.0.0.1:54321",
  SUPABASE_SERVICE_ROLE_KEY: "secret-role-key",
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("what is set is parsed, what is not has its default, what is foreign is ignored", () => {
  expect(loadConfig(schema, { ...enough, ADMIN_PORT: " 9191 ", PATH: "/bin" })).toMatchObject({
    NATS_URL: "nats://127.0.0.1:4222",
    ADMIN_PORT: 9191,
    LOG_LEVEL: "info",
    DEBOUNCE_MS: 10_000,
    CHAT_HASH_KEYS: { keys: [{ version: "v1", secret: "0123456789abcdef" }] },
  });
});

test("one error names everything that is missing or wrong, with what it is for", () => {
  const problems = problemsOf({
    ADMIN_PORT: "ninety",
    NATS_URL: "not a server",
    SUPABASE_URL: "nonsense",
    LOG_LEVEL: "loud",
    DEBOUNCE_MS: "-1",
    CHAT_HASH_KEYS: "v1:short",
  });
  expect(problems.map((problem) => problem.split(":")[0]).toSorted()).toEqual([
    "ADMIN_PORT",
    "CHAT_HASH_KEYS",
    "DEBOUNCE_MS",
    "LOG_LEVEL",
    "NATS_URL",
    "SUPABASE_SERVICE_ROLE_KEY",
    "SUPABASE_URL",
  ]);
  expect(problems.find((problem) => problem.startsWith("SUPABASE_SERVICE"))).toBe(
    "SUPABASE_SERVICE_ROLE_KEY: not set (Service role key of Supabase.)",
  );
  expect(problems.find((problem) => problem.startsWith("DEBOUNCE_MS"))).toContain(
    "Waiting for the customer to finish.",
  );
});

test("the error does not repeat a value", () => {
  const [problem] = problemsOf({ ...enough, CHAT_HASH_KEYS: "hunter2" });
  expect(problem).toContain("CHAT_HASH_KEYS");
  expect(problem).not.toContain("hunter2");
});

test("an empty value counts as not set", () => {
  expect(loadConfig(schema, { ...enough, ADMIN_PORT: "", LANGFUSE_HOST: "  " })).toMatchObject({ ADMIN_PORT: 9090 });
  expect(problemsOf({ ...enough, SUPABASE_SERVICE_ROLE_KEY: "" })).toHaveLength(1);
});

test("settings that belong together are named when one is missing", () => {
  expect(problemsOf({ ...enough, LANGFUSE_HOST: "http://127.0.0.1:1", NATS_PASSWORD: "x" })).toEqual([
    "LANGFUSE_PUBLIC_KEY: not set, but LANGFUSE_HOST is",
    "LANGFUSE_SECRET_KEY: not set, but LANGFUSE_HOST is",
    "NATS_USER: not set, but NATS_PASSWORD is",
  ]);
});

test("several nats-servers may be given", () => {
  const { NATS_URL } = loadConfig(schema, { ...enough, NATS_URL: "nats://a:4222,tls://b:4222,c:4222" });
  expect(NATS_URL).toBe("nats://a:4222,tls://b:4222,c:4222");
});

test("a setting that is missing because of a slip of the pen says so", () => {
  const { SUPABASE_SERVICE_ROLE_KEY, ...rest } = enough;
  const [problem] = problemsOf({ ...rest, SUPABASE_SERVICE_ROLL_KEY: SUPABASE_SERVICE_ROLE_KEY });
  expect(problem).toBe(
    "SUPABASE_SERVICE_ROLE_KEY: not set, but SUPABASE_SERVICE_ROLL_KEY is: a slip of the pen? (Service role key of Supabase.)",
  );
});
