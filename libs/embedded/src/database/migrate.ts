import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quoteText } from "./rpc-script.ts";
import type { SqlEngine, SqlSession } from "./sql-engine.ts";

export interface Migration {
  version: string;
  name: string;
  sql: string;
  /** The extension without which it cannot run, if there is one. */
  needs: string | null;
}

export interface MigrationReport {
  applied: string[];
  /** Left out because the server lacks an extension; only where that was allowed. */
  skipped: string[];
}

export interface MigrateOptions {
  /** The folder `supabase/`. */
  folder: string;
  /** Leave out what needs an extension that the server does not have, instead of stopping. */
  skipUnavailable?: boolean;
}

/** Any number will do, as long as nothing else locks it. */
const LOCK = 7_215_300_001;

/** Reads `migrations/<version>_<name>.sql` in order. */
export async function loadMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(join(folder, "migrations"))).filter((file) => file.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (file) => {
      const parts = /^(\d+)_([a-z0-9_]+)\.sql$/.exec(file);
      if (!parts?.[1] || !parts[2]) throw new Error(`The migration ${file} is not named <timestamp>_<name>.sql.`);
      const sql = await readFile(join(folder, "migrations", file), "utf8");
      return { version: parts[1], name: parts[2], sql, needs: /^-- needs extension: (\w+)/.exec(sql)?.[1] ?? null };
    }),
  );
}

/** Brings a database to the newest migration; a file that fails leaves nothing behind. Keeps the Supabase CLI's history table. */
export async function migrate(engine: SqlEngine, options: MigrateOptions): Promise<MigrationReport> {
  const migrations = await loadMigrations(options.folder);
  const bootstrap = await readFile(join(options.folder, "bootstrap.sql"), "utf8");
  return engine.session(async (session) => {
    // Two starts at once: the second waits and finds everything done.
    await session.query("select pg_advisory_lock($1)", [LOCK]);
    try {
      return await migrateLocked(session, migrations, bootstrap, options.skipUnavailable ?? false);
    } finally {
      await session.query("select pg_advisory_unlock($1)", [LOCK]);
    }
  });
}

async function migrateLocked(
  session: SqlSession,
  migrations: Migration[],
  bootstrap: string,
  skipUnavailable: boolean,
): Promise<MigrationReport> {
  await prepare(session, bootstrap);
  const done = new Set(
    (await session.query("select version from supabase_migrations.schema_migrations")).rows.map((row) =>
      String(row.version),
    ),
  );
  if (!(await isShared(session))) checkKnown(done, migrations);
  const report: MigrationReport = { applied: [], skipped: [] };
  for (const migration of migrations) {
    if (done.has(migration.version)) continue;
    if (migration.needs !== null && !(await isAvailable(session, migration.needs))) {
      if (!skipUnavailable)
        throw new Error(
          `The migration ${migration.name} needs the extension "${migration.needs}", which this server does not have.`,
        );
      report.skipped.push(migration.name);
      continue;
    }
    await apply(session, migration);
    report.applied.push(migration.name);
  }
  // PostgREST learns of new functions only when it is told.
  if (report.applied.length > 0) await session.script("notify pgrst, 'reload schema'");
  return report;
}

async function prepare(session: SqlSession, bootstrap: string): Promise<void> {
  const { rows } = await session.query("select to_regprocedure('auth.jwt()') is null as plain");
  if (rows[0]?.plain === true) await session.script(bootstrap);
  await session.script(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
  `);
}

/** Where the CRM was first, or is about to be, the history holds its migrations too, with versions that say nothing to us. */
async function isShared(session: SqlSession): Promise<boolean> {
  const { rows } = await session.query("select to_regclass('private.adopted') is null as fresh");
  if (rows[0]?.fresh === true) return true;
  return (await session.query("select 1 from private.adopted limit 1")).rows.length > 0;
}

function checkKnown(done: ReadonlySet<string>, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? "";
  const unknown = [...done].filter((version) => version > newest).sort();
  if (unknown.length === 0) return;
  throw new Error(
    `The database is at migration ${unknown.at(-1)}, this version knows only up to ${newest}. Use a newer version, or another database.`,
  );
}

async function isAvailable(session: SqlSession, extension: string): Promise<boolean> {
  const { rows } = await session.query("select 1 from pg_available_extensions where name = $1", [extension]);
  return rows.length > 0;
}

async function apply(session: SqlSession, { version, name, sql }: Migration): Promise<void> {
  // One script without `begin` is one transaction: whoever shares the session cannot get in between, and a failure
  // leaves neither rows nor an open transaction behind.
  const history = `insert into supabase_migrations.schema_migrations (version, name, statements)
    values (${[version, name].map(quoteText).join(", ")}, array[${quoteText(sql)}])`;
  try {
    await session.script(`${sql}\n;\n${history}`);
  } catch (error) {
    throw new Error(
      `The migration ${version}_${name} failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
