import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  databasePaths,
  isAlive,
  loadKeys,
  lockFolder,
  openPglite,
  openPool,
  type ProcessIdentity,
  type SqlEngine,
} from "@skytide/embedded";
import { DatabaseError } from "./database-error.ts";
import { openGateway } from "./gateway-engine.ts";
import type { Target } from "./target.ts";

export interface OpenDatabase {
  engine: SqlEngine;
  /** How it is reached, for a person. */
  how: "a server" | "running" | "not running";
  close(): Promise<void>;
}

/** Opens a database: a server by its URL, an embedded one through the process that has it, or its folder where none has. */
export async function openDatabase(target: Target, say: (line: string) => void): Promise<OpenDatabase> {
  if (target.kind === "embedded") return openEmbedded(target.dataDir);
  const engine = openPool(target.server.url, {
    connections: 1,
    onNotice: ({ severity, message }) => {
      if (severity === "WARNING") say(`Warning: ${message}`);
    },
  });
  try {
    await engine.query("select 1");
  } catch (error) {
    await engine.close();
    throw new DatabaseError(`The database of DATABASE_URL cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
  return { engine, how: "a server", close: () => engine.close() };
}

function reasonOf(error: unknown): string {
  // One per address where a name has several.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

async function openEmbedded(dataDir: string): Promise<OpenDatabase> {
  const url = await runningUrl(dataDir);
  if (url !== null) {
    const { serviceRoleKey } = await loadKeys(dataDir);
    return { engine: openGateway({ url, serviceRoleKey }), how: "running", close: async () => undefined };
  }
  const lock = await lockFolder(dataDir);
  try {
    const { rows } = databasePaths(dataDir);
    await mkdir(rows, { recursive: true });
    const engine = await openPglite({ folder: rows });
    return {
      engine,
      how: "not running",
      async close() {
        await engine.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Where the process that has the folder listens; null where no process has it. */
async function runningUrl(dataDir: string): Promise<string | null> {
  const owner = await readJson<ProcessIdentity>(join(dataDir, "owner.lock"));
  if (owner === null || !isAlive(owner)) return null;
  const place = await readJson<{ port: number }>(databasePaths(dataDir).port(owner.pid));
  // No port: it is just starting, or another command has the folder; its lock says so.
  return place === null ? null : `http://127.0.0.1:${place.port}`;
}

async function readJson<Value>(path: string): Promise<Value | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Value);
}
