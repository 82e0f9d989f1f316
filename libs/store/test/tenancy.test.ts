import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SqlEngine, supabaseFolder, toSqlError } from "@skytide/embedded";
import { demo } from "@skytide/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FunctionName } from "../src/rpc.ts";
import { openEngine } from "./engines.ts";
import { type Arguments, FLEET_FUNCTIONS, OWN_FUNCTIONS, type Pick } from "./function-sweep.ts";
import { type AllFacts, type Fact, insertTenants, OWNERS, type Owner } from "./tenancy-facts.ts";

interface Table {
  name: string;
  key: "id" | "organization_id";
}

let engine: SqlEngine;
let facts: AllFacts;
let tables: Table[];
let before: Record<Owner, string>;
/** Ids and words that only one organization has. */
let words: Record<Owner, Set<string>>;

beforeAll(async () => {
  const opened = await openEngine("PGlite", undefined, "tenancy");
  if (opened === null) throw new Error("PGlite is always there");
  engine = opened;
  await engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
  facts = await insertTenants(engine);
  const { rows } = await engine.query(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  tables = rows.map(({ relname }) => ({
    name: String(relname),
    key: relname === "organizations" ? "id" : "organization_id",
  }));
  before = { aurora: await rowsOf("aurora"), brisa: await rowsOf("brisa") };
  words = { aurora: await wordsOf("aurora"), brisa: await wordsOf("brisa") };
}, 120_000);
afterAll(() => engine?.close());

const other = (owner: Owner): Owner => (owner === "aurora" ? "brisa" : "aurora");
const literal = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`;

/** All rows of an organization, in every table; two equal ones are the same rows. */
async function rowsOf(owner: Owner): Promise<string> {
  const parts = tables.map(
    ({ name, key }) =>
      `select '${name}' as name, coalesce(md5(string_agg(t::text, ';' order by t::text)), '') as digest, count(*)::int as n from public.${name} t where ${key} = '${demo[owner].organizationId}'`,
  );
  const { rows } = await engine.query(parts.join(" union all "));
  return JSON.stringify(rows);
}

async function wordsOf(owner: Owner): Promise<Set<string>> {
  const found = new Set(Object.values(facts[owner]).filter((value) => value !== facts[owner].startsAt));
  for (const { name, key } of tables) {
    const { rows } = await engine.query(
      `select t::text as row from public.${name} t where ${key} = '${demo[owner].organizationId}'`,
    );
    for (const { row } of rows)
      for (const [id] of String(row).matchAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)) found.add(id);
  }
  return found.add(`secreto_${owner}`);
}

/** Does something that is taken back afterwards, as a role; gives its rows or its code, and what `look` saw before. */
async function attempt(role: string, userId: string | null, statement: string, look: () => Promise<void>) {
  const claims = JSON.stringify({ role, ...(userId === null ? {} : { sub: userId }) });
  await engine.script("begin");
  try {
    await engine.script(
      `select set_config('search_path', 'public, extensions', true), set_config('request.jwt.claims', ${literal(claims)}, true); set local role ${role}`,
    );
    const results = await engine.script(statement);
    await engine.script("reset role");
    await look();
    return { rows: results.at(-1)?.rows ?? [], code: null };
  } catch (error) {
    // A statement that failed changed nothing.
    const code = toSqlError(error)?.code;
    if (code === undefined) throw error;
    return { rows: [], code };
  } finally {
    await engine.script("rollback");
  }
}

function callOf(name: string, given: Arguments): string {
  const passed = Object.entries(given).map(([key, value]) => `${key} := ${literal(value)}`);
  return `select coalesce(json_agg(a), '[]')::text as answer from public.${name}(${passed.join(", ")}) a`;
}

async function answerOf(name: string, given: Arguments, look: () => Promise<void> = async () => undefined) {
  const { rows, code } = await attempt("service_role", null, callOf(name, given), look);
  return { text: String(rows[0]?.answer ?? ""), code };
}

/** Which facts a call asks for, besides the organization. */
function factsAsked(build: (own: Pick) => Arguments): Fact[] {
  const asked = new Set<Fact>();
  build((fact) => {
    asked.add(fact);
    return facts.aurora[fact];
  });
  asked.delete("organization");
  return [...asked];
}

/** Every choice of at least one item. */
function choices<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, choice) =>
    items.filter((_item, place) => ((choice + 1) >> place) % 2 === 1),
  );
}

const entries = Object.entries(OWN_FUNCTIONS) as [FunctionName, (own: Pick) => Arguments][];

describe("the service, called in one organization's name", () => {
  test("has every function in the sweep", async () => {
    const { rows } = await engine.query("select unnest(private.own_functions()) as name order by 1");
    expect([...Object.keys(OWN_FUNCTIONS), ...Object.keys(FLEET_FUNCTIONS)].sort()).toEqual(
      rows.map(({ name }) => name),
    );
  });

  test("both organizations have rows in every table", () => {
    for (const owner of OWNERS)
      for (const { name, n } of JSON.parse(before[owner]) as { name: string; n: number }[])
        expect(n, `${owner} ${name}`).toBeGreaterThan(0);
  });

  test.for(entries)("%s answers with that one's own ids", async ([name, build]) => {
    for (const owner of OWNERS) {
      const answer = await answerOf(
        name,
        build((fact) => facts[owner][fact]),
        async () => expect(await rowsOf(other(owner))).toBe(before[other(owner)]),
      );
      expect(answer, owner).toMatchObject({ code: null });
      if (name !== "match_documents_by_org") expect(JSON.parse(answer.text), owner).toMatchObject([{ ok: true }]);
      else expect(JSON.parse(answer.text)).toMatchObject([{ id: facts[owner].knowledge }]);
      for (const word of words[other(owner)]) expect(answer.text).not.toContain(word);
    }
  });

  test.for(entries)(
    "%s shows and changes nothing of another, whichever of its ids it is given",
    async ([name, build]) => {
      for (const owner of OWNERS)
        for (const stolen of choices(factsAsked(build))) {
          const victim = other(owner);
          const given = build((fact) => facts[stolen.includes(fact) ? victim : owner][fact]);
          const said = `${owner} with ${victim}'s ${stolen.join(", ")}`;
          const { text } = await answerOf(name, given, async () =>
            expect(await rowsOf(victim), said).toBe(before[victim]),
          );
          const shown = [...words[victim]].filter(
            (word) => text.includes(word) && !JSON.stringify(given).includes(word),
          );
          expect(shown, said).toEqual([]);
        }
    },
  );

  test.for(Object.entries(FLEET_FUNCTIONS))(
    "%s takes no organization, and says with every row whose it is",
    async ([name, [, given]]) => {
      const { rows } = await engine.query(
        "select proargnames::text as names from pg_proc where proname = $1 and pronamespace = 'public'::regnamespace",
        [name],
      );
      expect(String(rows[0]?.names)).not.toContain("organization");
      const { text, code } = await answerOf(name, given);
      expect(code).toBeNull();
      const lists = Object.values((JSON.parse(text) as Record<string, unknown>[])[0] ?? {})
        .filter(Array.isArray)
        .flat();
      for (const row of lists as { organizationId: string }[]) {
        const owner = OWNERS.find((one) => demo[one].organizationId === row.organizationId);
        expect(owner, JSON.stringify(row)).toBeDefined();
        for (const word of words[other(owner ?? "aurora")]) expect(JSON.stringify(row)).not.toContain(word);
      }
    },
  );
});

describe("a CRM's administrator", () => {
  const admins = { aurora: demo.aurora.members.valentina, brisa: demo.brisa.members.lucia };
  const unchanged = (victim: Owner) => async () => expect(await rowsOf(victim)).toBe(before[victim]);

  /** The columns of a table that a page may write, and those that are not computed. */
  async function columnsOf(name: string, privilege: "insert" | "update"): Promise<string[]> {
    const { rows } = await engine.query(
      `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
         and has_column_privilege('authenticated', attrelid, attnum, $2) order by attnum`,
      [`public.${name}`, privilege],
    );
    return rows.map(({ attname }) => String(attname));
  }

  test("sees rows of every table that has a reading policy, and in none a row of another organization", async () => {
    const { rows } = await engine.query(
      "select distinct tablename from pg_policies where schemaname = 'public' and cmd in ('SELECT', 'ALL')",
    );
    const readable = new Set(rows.map(({ tablename }) => tablename));
    expect(readable.size).toBeGreaterThan(15);
    for (const owner of OWNERS)
      for (const { name, key } of tables) {
        const seen = await attempt(
          "authenticated",
          admins[owner],
          `select distinct ${key}::text as owner from public.${name}`,
          unchanged(other(owner)),
        );
        const said = `${owner} ${name}`;
        if (readable.has(name)) expect(seen.rows, said).toEqual([{ owner: demo[owner].organizationId }]);
        else expect(seen.code, said).toBe("42501");
      }
  });

  test("changes and deletes no row of another organization in any table", async () => {
    for (const owner of OWNERS)
      for (const { name, key } of tables) {
        const victim = other(owner);
        const foreign = `where ${key} = '${demo[victim].organizationId}'`;
        const columns = await columnsOf(name, "update");
        const set = (columns.length > 0 ? columns : [key]).map((column) => `${column} = ${column}`).join(", ");
        for (const statement of [
          `update public.${name} set ${set} ${foreign} returning 1`,
          `delete from public.${name} ${foreign} returning 1`,
        ]) {
          const done = await attempt("authenticated", admins[owner], statement, unchanged(victim));
          expect(done.rows, `${owner}: ${statement}`).toEqual([]);
          expect([null, "42501"], `${owner}: ${statement}`).toContain(done.code);
        }
      }
  });

  test("adds no row to another organization in any table, and moves none of its own there", async () => {
    for (const owner of OWNERS)
      for (const { name, key } of tables) {
        const victim = other(owner);
        const { rows } = await engine.query(
          `select to_jsonb(t)::text as row from public.${name} t where ${key} = $1 limit 1`,
          [demo[victim].organizationId],
        );
        const columns = (await columnsOf(name, "insert")).join(", ") || key;
        const insert = `insert into public.${name} (${columns}) select ${columns} from jsonb_populate_record(null::public.${name}, ${literal(rows[0]?.row)})`;
        expect(
          (await attempt("authenticated", admins[owner], insert, unchanged(victim))).code,
          `${owner} ${name}`,
        ).toBe("42501");
        const move = `update public.${name} set ${key} = '${demo[victim].organizationId}' where ${key} = '${demo[owner].organizationId}'`;
        await attempt("authenticated", admins[owner], move, unchanged(victim));
      }
  });
});
