import {
  migrate,
  openPglite,
  readTemplate,
  type SqlEngine,
  supabaseFolder,
  templatePath,
  writeTemplate,
} from "@skytide/embedded";
import type { TestPostgres } from "@skytide/testing";

export const ENGINES = ["PGlite", "PostgreSQL"] as const;
export type EngineName = (typeof ENGINES)[number];

/** A migrated database without rows: PGlite in this process, or one on the test file's server; null where there is no server. */
export async function openEngine(
  name: EngineName,
  postgres: TestPostgres | undefined,
  database: string,
): Promise<SqlEngine | null> {
  if (name === "PostgreSQL") return (await postgres?.open(database)) ?? null;
  const path = await templatePath(supabaseFolder);
  const dump = await readTemplate(path);
  const engine = await openPglite(dump === null ? {} : { dump });
  await migrate(engine, { folder: supabaseFolder });
  if (dump === null) await writeTemplate(path, await engine.dump());
  return engine;
}
