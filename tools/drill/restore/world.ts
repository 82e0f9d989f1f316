import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startNatsServer } from "@skytide/embedded";
import { type Fleet, startFleet } from "../../fleet/fleet.ts";
import { natsUsersIn } from "../../fleet/nats-users.ts";
import { runCli } from "../../skytide/src/run-cli.ts";

const DEBOUNCE_MS = 400;
const QUIET_MS = 3_000;
/** A reply waits so long for one before it whose claim the database forgot; 15 minutes unless set. */
const ORDER_WAIT_MS = 10_000;

/** A fleet on a folder, and the operator at its side. */
export interface World {
  fleet: Fleet;
  folder: string;
  /** Runs `skytide …`; throws when it fails, else gives what it printed. */
  skytide(...given: string[]): Promise<string>;
  rows(query: string, parameters?: string[]): Promise<Record<string, unknown>[]>;
}

/** Starts a fleet on a folder of a drill. */
export async function openWorld(folder: string): Promise<World> {
  const { PATH = "", HOME = "" } = process.env;
  const fleet = await startFleet({
    dataDir: folder,
    ports: "free",
    env: { PATH, HOME, DEBOUNCE_MS: String(DEBOUNCE_MS), SEND_ORDER_WAIT_MS: String(ORDER_WAIT_MS) },
  });
  return {
    fleet,
    folder,
    skytide: (...given) => skytide({ SKYTIDE_DATA_DIR: folder }, given),
    async rows(query, parameters = []) {
      const response = await fetch(`${fleet.urls.database}/pg/query`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${fleet.serviceRoleKey}` },
        body: JSON.stringify({ query, parameters }),
      });
      if (!response.ok) throw new Error(`the database answered ${response.status}: ${await response.text()}`);
      const [result] = (await response.json()) as { rows: Record<string, unknown>[] }[];
      return result?.rows ?? [];
    },
  };
}

/** Where one backup of each store was put. */
export interface Backup {
  log: string;
  database: string;
}

/** Backs both stores up while the fleet runs. */
export async function backUp(world: World, folder: string): Promise<Backup> {
  const [log, database] = [join(folder, "log"), join(folder, "postgres")];
  await world.skytide("backup", log);
  // The embedded Postgres has no pg_dump: its files, after a checkpoint and while nobody writes.
  await pause(QUIET_MS);
  await world.rows("checkpoint");
  await cp(join(world.folder, "database", "postgres"), database, { recursive: true });
  return { log, database };
}

/** Lays out a new folder as after the loss of both stores: keys, configuration and the outside world are there, and the two backups. */
export async function rebuild(lost: string, folder: string, { log, database }: Backup, past?: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(lost, folder, { recursive: true });
  await rm(join(folder, "nats", "store"), { recursive: true, force: true });
  await rm(join(folder, "database", "postgres"), { recursive: true, force: true });
  await cp(database, join(folder, "database", "postgres"), { recursive: true });
  const { accounts, seeds } = natsUsersIn({ path: (...parts) => join(folder, ...parts) });
  const nats = await startNatsServer({ dataDir: join(folder, "nats"), port: "free", monitorPort: "free", accounts });
  try {
    const env = { SKYTIDE_DATA_DIR: "/nowhere", NATS_URL: nats.url, NATS_NKEY_SEED: seeds.operator };
    await skytide(env, ["restore", log, ...(past === undefined ? [] : ["--past", String(past)]), "--yes"]);
  } finally {
    await nats.stop();
  }
}

async function skytide(env: Record<string, string>, given: string[]): Promise<string> {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const signal = new AbortController().signal;
  const code = await runCli(given, { env: { SKYTIDE_OPERATOR: "drill", ...env }, signal, print: say, note: () => {} });
  if (code !== 0) throw new Error(`skytide ${given.join(" ")} ended with ${code}: ${said.join("\n")}`);
  return said.join("\n");
}
