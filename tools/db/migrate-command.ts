import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadMigrations, migrate, type SqlEngine, supabaseFolder } from "@skytide/embedded";
import { type Command, readSwitches } from "./command.ts";
import { openDatabase } from "./open-database.ts";
import { describeTarget } from "./target.ts";

/** Brings a database to the newest migration. */
export const migrateCommand: Command = {
  help: `npm run db:migrate [-- --status] [--seed] [--skip-unavailable]

Brings a database to the newest migration of supabase/migrations. Safe to run again: what was applied stays applied,
a file that fails leaves nothing behind, and two runs at once wait for each other.

  (nothing set)             the embedded database of npm start, running or not
  DATABASE_URL=postgres://  any Postgres from 15 on. On Supabase take the direct connection or the session pooler
                            (port 5432): the transaction pooler (6543) keeps no locks. A server that is not Supabase
                            gets its roles and auth helpers first (supabase/bootstrap.sql).

  --status             say what is applied and what is not, and change nothing
  --seed               write the demo organizations of supabase/seed.sql too; adds what is missing
  --skip-unavailable   leave out migrations whose extension the server lacks (pgvector: no knowledge search)

The history is the Supabase CLI's own: "supabase db push" and this command understand each other.
A database that has the CRM's tables already: read docs/adoption.md first.`,

  async run({ arguments: given, target, say }) {
    const switches = readSwitches(given, ["status", "seed", "skip-unavailable"]);
    const database = await openDatabase(target, say);
    try {
      say(`Database: ${describeTarget(target)} (${database.how}).`);
      if (switches.status) return await sayStatus(database.engine, say);
      const report = await migrate(database.engine, {
        folder: supabaseFolder,
        skipUnavailable: switches["skip-unavailable"],
      });
      for (const name of report.applied) say(`  applied  ${name}`);
      for (const name of report.skipped) say(`  left out ${name}: its extension is not on this server`);
      if (switches.seed) await database.engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
      say(report.applied.length === 0 ? "Nothing to do." : `${report.applied.length} applied.`);
    } finally {
      await database.close();
    }
  },
};

async function sayStatus(engine: SqlEngine, say: (line: string) => void): Promise<void> {
  const { rows } = await engine.query(
    "select to_regclass('supabase_migrations.schema_migrations') is not null as known",
  );
  const applied =
    rows[0]?.known === true
      ? await engine.query("select version from supabase_migrations.schema_migrations")
      : { rows: [] };
  const done = new Set(applied.rows.map(({ version }) => String(version)));
  const migrations = await loadMigrations(supabaseFolder);
  for (const { version, name } of migrations)
    say(`  ${done.has(version) ? "applied " : "pending "} ${version}_${name}`);
  const pending = migrations.filter(({ version }) => !done.has(version)).length;
  say(pending === 0 ? "Up to date." : `${pending} of ${migrations.length} pending.`);
}
