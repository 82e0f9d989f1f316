import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { databasePaths, migrate, type SqlEngine, supabaseFolder } from "@skytide/embedded";
import { type Command, readSwitches } from "./command.ts";
import { DatabaseError } from "./database-error.ts";
import { openDatabase } from "./open-database.ts";
import { describeTarget } from "./target.ts";

/** Everything that migrations make, and on a database that holds more, that too. */
const emptySql = `
  drop schema if exists public cascade;
  drop schema if exists private cascade;
  drop schema if exists supabase_migrations cascade;
  create schema public;
  grant usage on schema public to public;
`;

/** Empties a database and builds it anew. */
export const resetCommand: Command = {
  help: `npm run db:reset [-- --yes] [--seed | --no-seed] [--skip-unavailable]

Deletes everything in the schemas public and private and builds them anew from supabase/migrations.

  (nothing set)             the embedded database of npm start, with the demo organizations; its stored files go too
  DATABASE_URL=postgres://  that database, without the demo organizations. ALL of its schema public is deleted, the CRM's
                            tables included, so it does nothing unless you say --yes.

  --seed, --no-seed    write the demo organizations of supabase/seed.sql, or do not
  --skip-unavailable   as in db:migrate

The log of npm start (its conversations) is not touched. To forget that as well, delete the folder .skytide.`,

  async run({ arguments: given, target, say }) {
    const switches = readSwitches(given, ["yes", "seed", "no-seed", "skip-unavailable"]);
    if (target.kind === "postgres" && !switches.yes) {
      throw new DatabaseError(
        `This would delete everything in the schema "public" of ${describeTarget(target)}. If you mean it, add --yes: npm run db:reset -- --yes`,
      );
    }
    const seed = target.kind === "embedded" ? !switches["no-seed"] : switches.seed;
    const database = await openDatabase(target, say);
    try {
      say(`Database: ${describeTarget(target)} (${database.how}).`);
      await rebuild(database.engine, switches["skip-unavailable"]);
      if (seed) await database.engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
      if (target.kind === "embedded") await rm(databasePaths(target.dataDir).files, { recursive: true, force: true });
      say(seed ? "Empty again, with the demo organizations." : "Empty again.");
    } finally {
      await database.close();
    }
  },
};

async function rebuild(engine: SqlEngine, skipUnavailable: boolean): Promise<void> {
  await engine.script(emptySql);
  const { rows } = await engine.query(
    "select count(*)::int as roles from pg_roles where rolname in ('anon', 'authenticated', 'service_role')",
  );
  if (rows[0]?.roles === 3) await engine.script("grant usage on schema public to anon, authenticated, service_role");
  await migrate(engine, { folder: supabaseFolder, skipUnavailable });
}
