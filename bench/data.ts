// npm run bench:data: what the database functions cost, as a ratio to the bare SQL they need.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrate, openPglite, type SqlEngine, supabaseFolder } from "@skytide/embedded";
import { postgresFixture } from "@skytide/testing/postgres";
import { cases } from "./data/cases.ts";
import { measure } from "./data/measure.ts";
import { type EngineReport, page, table } from "./data/report.ts";

async function run(engine: SqlEngine, name: EngineReport["engine"]): Promise<EngineReport> {
  console.log(`${name}: migrations and rows …`);
  await migrate(engine, { folder: supabaseFolder, skipUnavailable: true });
  await engine.script(await readFile(join(import.meta.dirname, "data", "rows.sql"), "utf8"));
  const { rows } = await engine.query(
    "select current_setting('server_version') as version, to_regclass('public.knowledge_base') is not null as vectors",
  );
  const report: EngineReport = {
    engine: name,
    version: `PostgreSQL ${String(rows[0]?.version)}`,
    results: new Map(),
    missing: new Map(),
  };
  for (const one of cases) {
    if (one.needsVectors === true && rows[0]?.vectors !== true) {
      report.missing.set(one.name, "this server has no pgvector");
      continue;
    }
    console.log(`${name}: ${one.name} …`);
    report.results.set(one.name, await measure(engine, one));
  }
  return report;
}

const closings: (() => Promise<void>)[] = [];
const reports: EngineReport[] = [];
try {
  const pglite = await openPglite();
  closings.push(() => pglite.close());
  reports.push(await run(pglite, "PGlite"));
  const postgres = await postgresFixture({}, { onCleanup: (stop) => closings.push(stop) });
  if (postgres === undefined)
    console.log("PostgreSQL: not measured, there is none of version 15 or later under /usr/lib/postgresql.");
  else reports.push(await run(await postgres.open("bench", { connections: 1, migrated: false }), "PostgreSQL"));
} finally {
  for (const close of closings.reverse()) await close();
}
console.log(`\n${table(reports)}\n`);
await writeFile(join(import.meta.dirname, "..", "docs", "benchmarks", "data.md"), page(reports));
