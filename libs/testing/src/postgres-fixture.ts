import { execFile } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { migrate, openPool, type SqlEngine, startChild, supabaseFolder } from "@skytide/embedded";

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;

export interface TestPostgres {
  /** A connection string of the empty database `postgres`. */
  databaseUrl: string;
  /** Makes a database of its own and opens it; migrated unless told otherwise, without what needs an extension that is missing. */
  open(name: string, options?: { connections?: number; migrated?: boolean }): Promise<SqlEngine>;
}

/** A PostgreSQL server of the test file's own (Debian's packages), or undefined where there is none: such tests say that they are skipped. */
export async function postgresFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: { onCleanup(stop: () => Promise<void>): void },
): Promise<TestPostgres | undefined> {
  const binaries = await findBinaries();
  if (binaries === null) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "skytide-postgres-"));
  const engines: SqlEngine[] = [];
  const child = await startServer(binaries, folder);
  onCleanup(async () => {
    // A server waits for its clients: they leave first, and one that cannot must not keep it running.
    await Promise.allSettled(engines.map((engine) => engine.close()));
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const urlOf = (database: string) => `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}`;
  await waitUntilReady(urlOf("postgres"));
  return {
    databaseUrl: urlOf("postgres"),
    async open(name, { connections = 10, migrated = true } = {}) {
      const admin = openPool(urlOf("postgres"), { connections: 1 });
      await admin.script(`create database ${name}`);
      await admin.close();
      const engine = openPool(urlOf(name), { connections });
      engines.push(engine);
      if (migrated) await migrate(engine, { folder: supabaseFolder, skipUnavailable: true });
      return engine;
    },
  };
}

async function findBinaries(): Promise<string | null> {
  const root = "/usr/lib/postgresql";
  const versions = await readdir(root).catch(() => []);
  // range_agg subtraction and column lists of "on delete set null" came with 15.
  const newest = versions
    .map(Number)
    .filter((version) => version >= 15)
    .sort((a, b) => b - a)[0];
  return newest === undefined ? null : join(root, String(newest), "bin");
}

/** PostgreSQL refuses to run as root; the package made a user for it. */
async function owner(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

async function startServer(binaries: string, folder: string) {
  const user = await owner();
  if (user !== null) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const as = user === null ? [] : ["runuser", "-u", "postgres", "--"];
  const command = (name: string, args: string[]): [string, string[]] => {
    const [first = "", ...rest] = [...as, join(binaries, name), ...args];
    return [first, rest];
  };
  await run(...command("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]));
  const settings = ["fsync=off", "max_connections=250", `unix_socket_directories=${folder}`, "listen_addresses="];
  return startChild(...command("postgres", ["-D", data, ...settings.flatMap((setting) => ["-c", setting])]));
}

async function waitUntilReady(databaseUrl: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const engine = openPool(databaseUrl, { connections: 1 });
    try {
      await engine.query("select 1");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error("PostgreSQL was not ready in time", { cause: error });
      await pause(50);
    } finally {
      await engine.close();
    }
  }
}
