import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SqlEngine, supabaseFolder } from "@skytide/embedded";
import { ROOT } from "../root.ts";

/** The description of the existing CRM's tables; beside the repository, where there is one. */
const tablesFile = join(ROOT, "..", "shared", "reference", "crm-tables.json");

/** The schemas that an organization may have: one written like a CRM on Supabase, and one built from the description alone. */
export const CRMS = ["a CRM with its keys and policies", "the CRM as its description says"] as const;
export type CrmName = (typeof CRMS)[number];

/** False where the description is not at hand. */
export function hasCrm(name: CrmName): boolean {
  return name === "a CRM with its keys and policies" || existsSync(tablesFile);
}

/** Builds a CRM with rows on an empty database. */
export async function buildCrm(engine: SqlEngine, name: CrmName): Promise<void> {
  const fixture = (file: string) => readFile(join(import.meta.dirname, "fixtures", file), "utf8");
  await engine.script(await readFile(join(supabaseFolder, "bootstrap.sql"), "utf8"));
  if (name === "a CRM with its keys and policies") {
    await engine.script(await fixture("crm-schema.sql"));
    await engine.script(await fixture("crm-logins.sql"));
  } else {
    await engine.script(schemaOf(JSON.parse(await readFile(tablesFile, "utf8")) as CrmDescription));
  }
  await engine.script(await fixture("crm-rows.sql"));
}

interface CrmDescription {
  enums: Record<string, string[]>;
  tables: Record<string, Record<string, string>>;
}

function schemaOf({ enums, tables }: CrmDescription): string {
  const types = Object.entries(enums).map(
    ([name, values]) => `create type public.${name} as enum (${values.map((value) => `'${value}'`).join(", ")});`,
  );
  const statements = Object.entries(tables).map(([name, columns]) => {
    const lines = Object.entries(columns).map(([column, type]) => `"${column}" ${columnOf(column, type)}`);
    const key =
      "id" in columns
        ? "id"
        : Object.keys(columns)
            .filter((column) => column.endsWith("_id"))
            .join(", ");
    return `create table public.${name} (${lines.join(", ")}, primary key (${key}));`;
  });
  return [...types, ...statements, "grant all on all tables in schema public to service_role;"].join("\n");
}

/** The description knows TypeScript's types only; the names say which of SQL's it was. */
function columnOf(name: string, described: string): string {
  const type = described.replace(/ \| null$/, "");
  const nullable = described.endsWith("| null");
  const [sql, fallback] = sqlType(name, type);
  return `${sql}${nullable ? "" : " not null"}${fallback === null ? "" : ` default ${fallback}`}`;
}

function sqlType(name: string, type: string): [sql: string, fallback: string | null] {
  if (type.startsWith("enum ")) return [`public.${type.slice("enum ".length)}`, null];
  if (type === "boolean") return ["boolean", "true"];
  if (type === "Json") return ["jsonb", null];
  if (type === "number") return name === "price_cop" ? ["numeric", null] : ["integer", null];
  if (name === "id") return ["uuid", "gen_random_uuid()"];
  if (name !== "platform_user_id" && /(_id|_by)$/.test(name)) return ["uuid", null];
  if (/(_at|_seen|^timestamp)$/.test(name)) return ["timestamptz", "now()"];
  if (/(^|_)date$/.test(name)) return ["date", null];
  if (/_time$/.test(name)) return ["time", null];
  return ["text", null];
}

const catalogSql = `
  select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as part
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
  union all select c.relkind::text || ' ' || c.relname || ' rls ' || c.relrowsecurity::text from pg_class c where c.relnamespace = 'public'::regnamespace
  union all select 'constraint ' || conrelid::regclass::text || ' ' || conname::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
  union all select 'index ' || pg_get_indexdef(indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace
  union all select 'trigger ' || tgrelid::regclass::text || ' ' || pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
  union all select 'policy ' || tablename || ' ' || policyname || ' ' || cmd || ' ' || coalesce(qual, '') || coalesce(with_check, '') from pg_policies where schemaname = 'public'
  union all select 'function ' || oid::regprocedure::text || ' ' || md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'
  union all select 'search ' || cfgname from pg_ts_config where cfgnamespace = 'public'::regnamespace
  union all select 'schema ' || nspname from pg_namespace where nspname not like 'pg_%'
  order by 1`;

/** Every part of the schema public, in words. */
export async function catalogOf(engine: SqlEngine): Promise<string[]> {
  return (await engine.query(catalogSql)).rows.map(({ part }) => String(part));
}

/** The CRM's columns of its tables, as they were described before. */
export async function columnsOf(engine: SqlEngine): Promise<Map<string, string[]>> {
  const { rows } = await engine.query(
    `select c.relname as name, array_agg(quote_ident(a.attname) order by a.attnum) as columns from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped group by 1`,
  );
  return new Map(rows.map(({ name, columns }) => [String(name), columns as string[]]));
}

/** What stands in those columns, by table. */
export async function rowsOf(
  engine: SqlEngine,
  columns: ReadonlyMap<string, string[]>,
): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [table, names] of columns) {
    const { rows } = await engine.query(
      `select json_agg(r order by r::text)::text as content from (select ${names.join(", ")} from public.${table}) r`,
    );
    found[table] = JSON.parse(String(rows[0]?.content ?? "[]")) as unknown[];
  }
  return found;
}
