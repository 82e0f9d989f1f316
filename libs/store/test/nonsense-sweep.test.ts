import { createHash } from "node:crypto";
import { test as base, type TestDatabase } from "@skytide/testing";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { describe, expect } from "vitest";
import { FLEET_FUNCTIONS, OWN_FUNCTIONS } from "./function-sweep.ts";
import { type AllFacts, insertTenants } from "./tenancy-facts.ts";

/** 100 kB that no compression makes small, so that an index meets them whole. */
const long = Array.from({ length: 1_600 }, (_, n) => createHash("sha256").update(`${n}`).digest("hex")).join("");
const nul = "a\u0000b";
const nobody = "00000000-0000-4000-8000-00000000dead";
const zeros = new Array<number>(1536).fill(0);

/** What can be no value of a type: refused with the code of the value itself. */
const IMPOSSIBLE: Record<string, unknown[]> = {
  uuid: ["nonsense", "", 7, nul],
  text: [nul],
  date: ["2027-02-30", "nonsense", "2027-13-01"],
  "timestamp with time zone": ["2027-02-30T10:00:00Z", "2027-02-03T27:00:00Z", "nonsense"],
  "time without time zone": ["27:00", "nonsense"],
  integer: [2 ** 31, 1e30, "x", 1.5],
  bigint: [1e30, "x"],
  "double precision": ["x"],
  "bigint[]": [["x"], "x"],
  "text[]": ["x", [nul]],
  "uuid[]": ["x", ["not-a-uuid"]],
  boolean: ["maybe", 7],
  vector: ["nonsense", [], [1, "x"], new Array(1536).fill(1e39)],
  chat_platform: ["telegram", ""],
  jsonb: [nul, [{ id: nul }]],
};
/** What is a value and makes no sense: never a fault that says nothing, and where it is refused nothing is written. */
const SENSELESS: Record<string, unknown[]> = {
  uuid: [nobody],
  text: ["", " ", long],
  date: ["infinity", "-infinity", "0001-01-01", "9999-12-31"],
  "timestamp with time zone": ["infinity", "-infinity", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"],
  "time without time zone": ["24:00"],
  integer: [-1, 0, -(2 ** 31), 2 ** 31 - 1],
  bigint: [-1, 0],
  "double precision": [-1, 1e300, "NaN"],
  "bigint[]": [[], [-1]],
  "text[]": [[], [""], [null], [long]],
  "uuid[]": [[], [null], ["00000000-0000-0000-0000-000000000000"]],
  boolean: [],
  vector: [[1, 2, 3], zeros],
  chat_platform: ["messenger"],
  jsonb: ["x", 7, true, {}, [], [null], [7], [{}], [[]], [{ content: long, id: long, chat: long }]],
};

interface Parameter {
  name: string;
  type: string;
}

/** Tables as the sweep found them; equal texts are equal rows. */
async function allRows({ sql }: TestDatabase): Promise<string> {
  const tables = await sql<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  const parts = tables.map(
    ({ name }) => `select '${name}' as name, md5(string_agg(t::text, ';' order by t::text)) from public.${name} t`,
  );
  return JSON.stringify(await sql(parts.join(" union all ")));
}

async function parametersOf({ sql }: TestDatabase, name: string): Promise<Parameter[]> {
  return sql<Parameter>(
    `select proargnames[n] as name, replace(format_type(t, null), 'extensions.', '') as type
     from pg_proc, unnest(proargtypes) with ordinality a(t, n) where pronamespace = 'public'::regnamespace and proname = $1`,
    [name],
  );
}

/** JSON stays JSON on the way: what the sweep of tenants gives as text is read first, but for PostgreSQL's own way to write an array. */
function asSent(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      typeof value === "string" && /^(?:\[|\{")/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}

/** A document with one of its leaves replaced, for every leaf. */
function* mutations(document: unknown, value: unknown): Generator<unknown> {
  if (typeof document !== "object" || document === null) return yield value;
  // Each number of a vector is like the other.
  const entries = Object.entries(document).slice(0, 20);
  for (const [key, inner] of entries)
    for (const changed of mutations(inner, value))
      yield Array.isArray(document) ? document.with(Number(key), changed) : { ...document, [key]: changed };
}

const test = base
  .extend("facts", { scope: "file" }, async ({ database }): Promise<AllFacts> => {
    const run = async (query: string, parameters?: readonly unknown[]) => {
      const answer = await fetch(`${database.url}/pg/query`, {
        method: "POST",
        headers: { authorization: `Bearer ${database.serviceRoleKey}` },
        body: JSON.stringify({ query, parameters }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as never;
    };
    return insertTenants({
      script: (sql) => run(sql),
      query: async (sql, parameters) => (await run(sql, parameters ?? []))[0],
    });
  })
  .extend("client", ({ database }) =>
    createClient(database.url, database.serviceRoleKey, { auth: { persistSession: false } }),
  );

/** Asks, and demands an answer that says what is wrong: a code, and no fault of the server. */
async function ask(client: SupabaseClient, name: string, given: Record<string, unknown>, said: string) {
  const { data, error, status } = await client.rpc(name, given);
  if (error) {
    expect(error.code, said).toMatch(/^[0-9A-Z]{5}$/);
    expect(status, `${said}: ${error.code} ${error.message.slice(0, 200)}`).toBeLessThan(500);
    return { error: error.code, refused: true };
  }
  const refused = (data as { ok?: boolean }).ok === false;
  if (refused) expect((data as { code?: unknown }).code, said).toMatch(/^[a-z_]+$/);
  return { error: null, refused };
}

// What empties the tables comes last.
const calls: [string, (facts: AllFacts["aurora"]) => Record<string, unknown>][] = [
  ...Object.entries(OWN_FUNCTIONS).map(([name, build]): (typeof calls)[number] => [
    name,
    (own) => build((fact) => own[fact]),
  ]),
  ...Object.entries(FLEET_FUNCTIONS).map(([name, [, given]]): (typeof calls)[number] => [name, () => given]),
].sort(([a], [b]) => Number(a === "erase_contact") - Number(b === "erase_contact"));

describe("a function that is given nonsense refuses it with a code and writes nothing", () => {
  test.for(calls)("%s", { timeout: 120_000 }, async ([name, build], { client, database, facts }) => {
    const given = asSent(build(facts.aurora));
    let before = await allRows(database);
    for (const { name: parameter, type } of await parametersOf(database, name)) {
      const senseless = [null, ...(SENSELESS[type] ?? [])];
      if (type === "jsonb")
        for (const leaf of [null, "", 7, {}, [], "nonsense", long])
          senseless.push(...mutations(given[parameter], leaf));
      const impossible = [...(IMPOSSIBLE[type] ?? []), ...(type === "jsonb" ? mutations(given[parameter], nul) : [])];
      if (impossible.length === 0) expect.fail(`${name}: the sweep knows no nonsense of type ${type}`);
      for (const value of [...impossible, ...senseless]) {
        const said = `${name}(${parameter} := ${JSON.stringify(value).slice(0, 400)})`;
        const { error, refused } = await ask(client, name, { ...given, [parameter]: value }, said);
        if (impossible.includes(value)) expect(error, said).toMatch(/^22/);
        const after = await allRows(database);
        if (refused || value === nobody) expect(after, said).toBe(before);
        before = after;
      }
    }
  });
});
