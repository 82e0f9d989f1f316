import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyTemplate, openPglite, type SqlEngine, supabaseFolder } from "@skytide/embedded";
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
  const folder = await mkdtemp(join(tmpdir(), "skytide-engine-"));
  await copyTemplate(supabaseFolder, folder);
  const engine = await openPglite({ folder });
  return {
    ...engine,
    async close() {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
