import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedDatabase, startDatabase, supabaseFolder } from "@skytide/embedded";
import { givenServers } from "./given-servers.ts";
import { openPostgrestDatabase } from "./postgrest-database.ts";

export interface TestDatabase extends EmbeddedDatabase {
  /** Who answers the calls: our gateway, or PostgREST itself where one is given. */
  kind: "gateway" | "PostgREST";
  /** Runs one statement as the owner of everything and gives its rows; times come as text. */
  sql<Row = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Back to the two demo organizations as `seed.sql` makes them. */
  reset(): Promise<void>;
  /** Resolves when functions made since are found: PostgREST reads the schema when it is told, the gateway always. */
  learn(): Promise<void>;
}

/** A migrated and seeded database of the test file's own; call `reset()` where a test needs it untouched. */
export async function databaseFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: { onCleanup(stop: () => Promise<void>): void },
): Promise<TestDatabase> {
  const { postgrest } = givenServers();
  if (postgrest) return await openPostgrestDatabase(postgrest, onCleanup);
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-database-"));
  const database = await startDatabase({ dataDir, port: "free", seed: true, allowSql: true, useTemplate: true });
  onCleanup(async () => {
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const seed = await readFile(join(supabaseFolder, "seed.sql"), "utf8");
  return {
    ...database,
    kind: "gateway",
    learn: async () => {},
    sql: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await runSql(database, text, parameters)) as Row[],
    reset: async () => {
      await runSql(database, `truncate public.organizations restart identity cascade;\n${seed}`);
    },
  };
}

async function runSql(
  { url, serviceRoleKey }: EmbeddedDatabase,
  query: string,
  parameters?: readonly unknown[],
): Promise<unknown[]> {
  const answer = await fetch(`${url}/pg/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${serviceRoleKey}`, "content-type": "application/json" },
    body: JSON.stringify({ query, parameters }),
  });
  const body = (await answer.json()) as { rows: unknown[] }[] | { code: string; message: string };
  if (Array.isArray(body)) return body.at(-1)?.rows ?? [];
  throw Object.assign(new Error(body.message), { code: body.code });
}
