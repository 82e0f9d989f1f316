import { once } from "node:events";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { databasePaths, loadKeys } from "./database-folder.ts";
import { createGateway } from "./gateway.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite-engine.ts";
import type { SqlEngine } from "./sql-engine.ts";
import { createFileStorage } from "./storage-endpoint.ts";
import { copyTemplate } from "./template.ts";

export interface DatabaseProcessOptions {
  dataDir: string;
  port: number;
  seed: boolean;
  allowSql: boolean;
  /** Start from a copy of a migrated database. */
  useTemplate: boolean;
  /** The folder `supabase/`. */
  supabaseFolder: string;
}

/** Runs the database in this process until `stopped` resolves: port first, then the lock, then the rows. */
export async function runDatabase(options: DatabaseProcessOptions, stopped: Promise<unknown>): Promise<void> {
  const paths = databasePaths(options.dataDir);
  const { jwtSecret } = await loadKeys(options.dataDir);
  const gateway = createGateway({ jwtSecret, allowSql: options.allowSql });
  gateway.server.listen(options.port, "127.0.0.1");
  await once(gateway.server, "listening");
  await waitForLock(options.dataDir);
  const { port } = gateway.server.address() as AddressInfo;
  await mkdir(paths.run, { recursive: true });
  await writeFile(`${paths.port(process.pid)}.new`, JSON.stringify({ port }));
  await rename(`${paths.port(process.pid)}.new`, paths.port(process.pid));

  const engine = await openEngine(paths.rows, options);
  gateway.serve({ engine, files: createFileStorage(paths.files) });
  await stopped;
  gateway.server.close();
  gateway.server.closeIdleConnections();
  await once(gateway.server, "close");
  await engine.close();
}

const LOCK_WITHIN_MS = 5_000;

/** The parent hands its lock to this process once it knows our pid; without it the folder is not ours to open. */
async function waitForLock(dataDir: string): Promise<void> {
  const deadline = Date.now() + LOCK_WITHIN_MS;
  for (;;) {
    const owner = await readFile(join(dataDir, "owner.lock"), "utf8").catch(() => "{}");
    if ((JSON.parse(owner) as { pid?: unknown }).pid === process.pid) return;
    if (Date.now() > deadline) throw new Error(`The data folder ${dataDir} was not handed to this process.`);
    await pause(10);
  }
}

async function openEngine(
  folder: string,
  { supabaseFolder, seed, useTemplate }: DatabaseProcessOptions,
): Promise<SqlEngine> {
  const isFresh = (await readdir(folder).catch(() => [])).length === 0;
  if (isFresh && useTemplate) await copyTemplate(supabaseFolder, folder);
  await mkdir(folder, { recursive: true });
  const engine = await openPglite({ folder });
  await migrate(engine, { folder: supabaseFolder });
  if (seed) await seedOnce(engine, supabaseFolder);
  return engine;
}

async function seedOnce(engine: SqlEngine, supabaseFolder: string): Promise<void> {
  const { rows } = await engine.query("select 1 from public.organizations limit 1");
  if (rows.length === 0) await engine.script(await readFile(join(supabaseFolder, "seed.sql"), "utf8"));
}
