import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { migrate, openPglite, type SqlEngine, supabaseFolder } from "@skytide/embedded";
import { test } from "@skytide/testing";
import { describe, expect, onTestFinished } from "vitest";
import { ENGINES, openEngine } from "./engines.ts";

const options = { folder: supabaseFolder, skipUnavailable: true };

/** Everything that the migrations make, one line each: columns, constraints, indexes, triggers, policies, grants, functions. */
const catalogSql = `
  select format('column %s.%s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as part
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'v')
  union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all select indexdef from pg_indexes where schemaname in ('public', 'private')
  union all select format('trigger %s %s %s', tgrelid::regclass, tgenabled, pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
  union all select format('policy %s', p) from pg_policies p
  union all select format('table %s %s %s', c.oid::regclass, c.relrowsecurity, c.relacl) from pg_class c where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all select format('column grant %s %s %s', attrelid::regclass, attname, attacl) from pg_attribute where attacl is not null and attrelid > 16384
  union all select format('function %s %s %s %s', p.oid::regprocedure, md5(p.prosrc), p.proacl, p.proconfig) from pg_proc p
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
  order by 1`;

async function catalogOf(engine: SqlEngine): Promise<unknown[]> {
  return (await engine.query(catalogSql)).rows.map(({ part }) => part);
}

async function rowsOf(engine: SqlEngine): Promise<unknown[]> {
  const { rows } = await engine.query(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  const parts = rows.map(
    ({ name }) => `select '${name}' as name, md5(string_agg(t::text, ';' order by t::text)) from public.${name} t`,
  );
  return (await engine.query(parts.join(" union all "))).rows;
}

describe.each(ENGINES)("the migrations on %s", (name) => {
  test("may run again, all of them or from any one on, and change nothing", {
    timeout: 300_000,
  }, async ({ postgres, skip }) => {
    const engine = await openEngine(name, postgres, "migrations");
    if (engine === null) return skip("there is no PostgreSQL 15 or later on this machine");
    onTestFinished(() => engine.close());
    await engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
    const before = { catalog: await catalogOf(engine), rows: await rowsOf(engine) };
    expect(before.catalog.length).toBeGreaterThan(500);
    const { rows: history } = await engine.query(
      "select version, name from supabase_migrations.schema_migrations order by 1",
    );

    // From any one on: a later one may replace a function of an earlier one.
    const names = history.map((row) => row.name);
    for (const [place, row] of history.entries()) {
      await engine.query("delete from supabase_migrations.schema_migrations where version >= $1", [row.version]);
      expect((await migrate(engine, options)).applied).toEqual(names.slice(place));
      expect({ catalog: await catalogOf(engine), rows: await rowsOf(engine) }, String(row.name)).toEqual(before);
    }
    expect((await migrate(engine, options)).applied).toEqual([]);
  });
});

describe("the Supabase CLI", () => {
  test("finds files by its own names, in order, each of which may stand in a transaction of its making", async () => {
    const files = (await readdir(join(supabaseFolder, "migrations"))).sort();
    expect(files.filter((file) => !/^\d{14}_[a-z0-9_]+\.sql$/.test(file))).toEqual([]);
    expect(new Set(files.map((file) => file.slice(0, 14))).size).toBe(files.length);
    for (const file of files) {
      const sql = await readFile(join(supabaseFolder, "migrations", file), "utf8");
      expect(sql, file).not.toMatch(/^\s*(begin|commit|rollback|start transaction|vacuum)\s*;|concurrently|^\\/im);
    }
    expect(await readdir(supabaseFolder)).toContain("seed.sql");
  });

  test("regards what our runner applied as applied: its history table, with every statement", async () => {
    const engine = await openEngine("PGlite", undefined, "history");
    onTestFinished(() => engine?.close());
    const { rows } = (await engine?.query(
      `select attname, format_type(atttypid, atttypmod) as type, exists (select 1 from pg_index where indrelid = attrelid and indisprimary and attnum = any (indkey)) as key
       from pg_attribute where attrelid = 'supabase_migrations.schema_migrations'::regclass and attnum > 0 order by attnum`,
    )) ?? { rows: [] };
    expect(rows).toEqual([
      { attname: "version", type: "text", key: true },
      { attname: "statements", type: "text[]", key: false },
      { attname: "name", type: "text", key: false },
    ]);
  });
});

/** What a new Supabase project has, as far as migrations meet it: everything in public is open to everybody by default. */
const projectSql = `
  create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
  create role project_owner login createdb createrole bypassrls;
  grant anon, authenticated, service_role to project_owner;
  create schema auth; create schema storage; create schema extensions; create schema supabase_migrations authorization project_owner;
  create function auth.jwt() returns jsonb language sql stable as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
  create function auth.uid() returns uuid language sql stable as $$ select (auth.jwt() ->> 'sub')::uuid $$;
  create table storage.buckets (id text primary key, name text not null unique, public boolean default false);
  create extension vector with schema extensions; create extension btree_gist with schema extensions; create extension unaccent with schema extensions;
  grant usage on schema auth, storage, extensions to project_owner, anon, authenticated, service_role;
  grant all on storage.buckets to project_owner;
  grant create on database postgres to project_owner;
  grant all on schema public to project_owner; grant usage on schema public to anon, authenticated, service_role;
  alter default privileges for role project_owner in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges for role project_owner in schema public grant all on functions to anon, authenticated, service_role;
  alter default privileges for role project_owner in schema public grant all on sequences to anon, authenticated, service_role;`;

test("an empty Supabase project takes them from an owner who is no superuser, and is closed although its defaults are open", {
  timeout: 120_000,
}, async () => {
  const engine = await openPglite();
  onTestFinished(() => engine.close());
  await engine.script(projectSql);
  await engine.script("set session authorization project_owner");
  const report = await migrate(engine, { folder: supabaseFolder });
  expect(report.skipped).toEqual([]);
  await engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
  const { rows: open } = await engine.query(
    `select c.oid::regclass::text as thing from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
       and (not relrowsecurity or has_table_privilege('anon', c.oid, 'select') or has_table_privilege('anon', c.oid, 'insert'))
     union all
     select p.oid::regprocedure::text from pg_proc p where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and proname <> 'my_organizations'
       and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))`,
  );
  expect(open).toEqual([]);
  expect((await engine.query("select id, public from storage.buckets")).rows).toEqual([
    { id: "chat-media", public: false },
  ]);
  await engine.script("set role service_role");
  const { rows } = await engine.query("select jsonb_array_length(public.list_connections() -> 'connections') as count");
  expect(rows).toEqual([{ count: 2 }]);
});
