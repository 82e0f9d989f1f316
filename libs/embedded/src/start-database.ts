import { mkdir, readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "./child.ts";
import { databasePaths, loadKeys } from "./database/database-folder.ts";
import type { DatabaseProcessOptions } from "./database/run-database.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";

export interface DatabaseOptions {
  /** Where the rows, the files, the keys and the lock live; made where there is none. One database per folder. */
  dataDir: string;
  /** Port of the gateway; `free` takes any. */
  port?: number | "free" | undefined;
  /** Write the demo organizations on the first start. */
  seed?: boolean | undefined;
  /** Serve `POST /pg/query` to the service role; for tests and tools. */
  allowSql?: boolean | undefined;
  /** Begin a fresh folder as a copy of a migrated database that is kept: a quick start. */
  useTemplate?: boolean | undefined;
}

export interface EmbeddedDatabase {
  /** `SUPABASE_URL`. */
  url: string;
  serviceRoleKey: string;
  anonKey: string;
  pid: number;
  /** Resolves when the process has ended, wanted or not. */
  exited: Promise<unknown>;
  /** Stops it after what it is doing is done. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash does. The folder can be used again at once. */
  kill(): Promise<void>;
}

const DEFAULT_PORT = 54321;
/** The first start makes the database cluster, which takes a slow machine its time. */
const READY_WITHIN_MS = 120_000;

/** V8 then never optimizes PGlite's code: a second of work less per start, for a database that lives for seconds (vitest.config.ts). */
const QUICK_CODE = "--liftoff-only";

/** The folder `supabase/` of this repository. */
export const supabaseFolder = fileURLToPath(new URL("../../../supabase", import.meta.url));

/** Starts the database (PGlite behind a gateway that speaks PostgREST's rpc) as a process of its own and waits until it answers. */
export async function startDatabase(options: DatabaseOptions): Promise<EmbeddedDatabase> {
  const dataDir = resolve(options.dataDir);
  const lock = await lockFolder(dataDir);
  let child: Child | undefined;
  try {
    const { serviceRoleKey, anonKey } = await loadKeys(dataDir);
    const { run } = databasePaths(dataDir);
    await rm(run, { recursive: true, force: true });
    await mkdir(run, { recursive: true });
    child = await startChild(process.execPath, [
      ...process.execArgv.filter((flag) => flag === QUICK_CODE),
      fileURLToPath(new URL("database-main.ts", import.meta.url)),
      JSON.stringify(processOptions(dataDir, options)),
    ]);
    await lock.handTo(child.pid);
    const url = await waitUntilHealthy(dataDir, child);
    return { url, serviceRoleKey, anonKey, ...ending(child, lock) };
  } catch (error) {
    await child?.kill();
    await lock.release();
    throw error;
  }
}

function ending(child: Child, lock: FolderLock): Pick<EmbeddedDatabase, "pid" | "exited" | "stop" | "kill"> {
  return {
    pid: child.pid,
    exited: child.exited,
    async stop() {
      await child.stop();
      await lock.release();
    },
    async kill() {
      await child.kill();
      await lock.release();
    },
  };
}

function processOptions(dataDir: string, options: DatabaseOptions): DatabaseProcessOptions {
  return {
    dataDir,
    port: options.port === "free" ? 0 : (options.port ?? DEFAULT_PORT),
    seed: options.seed ?? false,
    allowSql: options.allowSql ?? false,
    useTemplate: options.useTemplate ?? false,
    supabaseFolder,
  };
}

async function waitUntilHealthy(dataDir: string, child: Child): Promise<string> {
  let ended: Awaited<Child["exited"]> | undefined;
  void child.exited.then((exit) => {
    ended = exit;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (ended) throw new Error(`The database did not start: ${reasonOf(ended.lastLines)}`);
    const port = await readPort(databasePaths(dataDir).port(child.pid));
    const url = `http://127.0.0.1:${port}`;
    if (port !== null && (await isHealthy(url))) return url;
    await pause(20);
  }
  throw new Error(`The database was not ready within ${READY_WITHIN_MS / 1000} s.`);
}

function reasonOf(output: string): string {
  const fatal = output.split("\n").findLast((line) => line.startsWith("[FTL]")) ?? output;
  const text = fatal.replace(/^\[FTL\]\s*/, "");
  const address = /EADDRINUSE.*?(\d+\.\d+\.\d+\.\d+:\d+)/.exec(text)?.[1];
  if (address === undefined) return text || "it wrote no reason.";
  return `the address ${address} is already in use. Stop what uses it, choose another port (DATABASE_PORT), or set SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY to use a database that runs already.`;
}

async function readPort(path: string): Promise<number | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as { port: number }).port;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
