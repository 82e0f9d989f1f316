import { expect, test } from "vitest";
import { sayUnknown, unknownSettings } from "../src/index.ts";
import { KNOWN_SETTINGS } from "../src/known-settings.ts";

const said = (env: NodeJS.ProcessEnv) => unknownSettings(env).map(sayUnknown);

test.each([
  ["OPENAI_API_KEYY", "OPENAI_API_KEY"],
  ["DEBOUNCE_SECOND", "DEBOUNCE_MS"],
  ["GUPSHUP_APIURL", "GUPSHUP_API_URL"],
  ["LOGLEVEL", "LOG_LEVEL"],
  ["Debounce_ms", "DEBOUNCE_MS"],
  ["SUPABASE_SERVICE_ROEL_KEY", "SUPABASE_SERVICE_ROLE_KEY"],
])("%s is taken for a slip of %s", (name, meant) => {
  expect(said({ [name]: "1" })).toEqual([`${name} is no setting; did you mean ${meant}?`]);
});

test("no setting is taken for a slip of another, and an empty one is not there", () => {
  expect(said(Object.fromEntries(KNOWN_SETTINGS.map((name) => [name, "1"])))).toEqual([]);
  expect(said({ OPENAI_API_KEYY: " " })).toEqual([]);
});

test("what is set for others is none of our business", () => {
  const foreign = [
    ..."PATH HOME HOST PORT NODE_OPTIONS DATABASE_URL REDIS_HOST POSTGRES_PORT GATEWAY_INTERFACE".split(" "),
    ..."OPENAI_ORG_ID OPENAI_ORGANIZATION OPENAI_PROJECT SUPABASE_ANON_KEY SUPABASE_DB_URL LANGFUSE_DEBUG".split(" "),
    // Kubernetes and Docker announce services so.
    ..."BRAIN_PORT_8000_TCP INGEST_SERVICE_HOST INGEST_SERVICE_PORT INGEST_PORT NOTIFIER_PORT_8090_TCP_ADDR".split(" "),
  ];
  expect(said({ ...process.env, ...Object.fromEntries(foreign.map((name) => [name, "x"])) })).toEqual([]);
});
