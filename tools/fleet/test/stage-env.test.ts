import { expect, test } from "vitest";
import { type FleetPorts, portsOf } from "../ports.ts";
import { type FleetFacts, stageEnv } from "../stage-env.ts";
import { needsSimulators, standInsOf } from "../stand-ins.ts";

const ports: FleetPorts = portsOf({});
const facts = (env: Record<string, string> = {}): FleetFacts => ({
  standIns: standInsOf(env),
  ports,
  natsUrl: "nats://127.0.0.1:4222",
  databaseUrl: "http://127.0.0.1:54321",
  serviceRoleKey: "key",
  chatHashKeys: "v1:0123456789abcdef",
  buttonSigningKeys: "b1:0123456789abcdef",
});
const own = { adminPort: 9_092, first: true };

test("without settings every outside system is a stand-in", () => {
  expect(Object.values(standInsOf({}))).toEqual([true, true, true, true, true, true]);
  const env = stageEnv("brain", facts(), own);
  expect(env).toMatchObject({
    OPENAI_BASE_URL: "http://127.0.0.1:8090/v1",
    ADMIN_PORT: "9092",
    ADMIN_HOST: "127.0.0.1",
  });
});

test.each([
  ["NATS_URL", "nats"],
  ["OPENAI_API_KEY", "openai"],
  ["OPENAI_BASE_URL", "openai"],
  ["GEMINI_API_KEY", "gemini"],
  ["GEMINI_BASE_URL", "gemini"],
  ["GUPSHUP_API_URL", "gupshup"],
  ["LANGFUSE_HOST", "langfuse"],
])("%s replaces the stand-in of %s and no other", (name, standIn) => {
  const standIns = standInsOf({ [name]: "https://example.test" });
  const off = Object.entries(standIns).flatMap(([key, on]) => (on ? [] : [key]));
  expect(off).toEqual([standIn]);
});

test("a real provider's settings are left as they were given", () => {
  const env = stageEnv("brain", facts({ OPENAI_API_KEY: "sk-real" }), own);
  expect(env).not.toHaveProperty("OPENAI_API_KEY");
  expect(env).not.toHaveProperty("OPENAI_BASE_URL");
});

test("the database needs its address and its key", () => {
  expect(() => standInsOf({ SUPABASE_URL: "https://x.supabase.co" })).toThrow("SUPABASE_SERVICE_ROLE_KEY is not");
  expect(standInsOf({ SUPABASE_URL: "https://x.supabase.co", SUPABASE_SERVICE_ROLE_KEY: "k" }).database).toBe(false);
});

test("simulators are needed as long as one outside system is simulated", () => {
  const all = {
    GUPSHUP_API_URL: "https://a.test",
    OPENAI_API_KEY: "k",
    GEMINI_API_KEY: "k",
    LANGFUSE_HOST: "https://l.test",
  };
  expect(needsSimulators(standInsOf(all))).toBe(false);
  const { LANGFUSE_HOST: _host, ...withoutOne } = all;
  expect(needsSimulators(standInsOf(withoutOne))).toBe(true);
});

test("the second process of a stage with a public port takes any", () => {
  expect(stageEnv("ingest", facts(), own).GATEWAY_PORT).toBe("8080");
  expect(stageEnv("ingest", facts(), { ...own, first: false }).GATEWAY_PORT).toBe("0");
});

test("ports come from the settings, and a wrong one is said", () => {
  expect(portsOf({ ADMIN_PORT: "9500", NATS_PORT: "5222" })).toMatchObject({
    nats: 5_222,
    admin: { ingest: 9_500, notifier: 9_504 },
  });
  expect(() => portsOf({ GATEWAY_PORT: "eighty" })).toThrow('GATEWAY_PORT must be a port number, not "eighty".');
});
