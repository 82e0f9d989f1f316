import { join } from "node:path";
import { startDatabase, startNatsServer } from "@skytide/embedded";
import type { Stage } from "@skytide/events";
import { z } from "zod";
import type { DataFolder } from "./data-folder.ts";
import { natsUsersIn } from "./nats-users.ts";
import type { FleetPorts } from "./ports.ts";
import { type Exit, lastWords, type Running, startNodeProcess } from "./running.ts";
import { simulatorsProcessEnv, simulatorsUrl } from "./stage-env.ts";
import type { Part } from "./supervise.ts";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

const SERVER_STOP_MS = 15_000;
/** More than the longest drain of a stage. */
const STAGE_STOP_MS = 50_000;
const READY_TIMEOUT_MS = 3_000;

interface Server {
  pid: number;
  exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** A server of libs/embedded resolves when it is healthy, and ends itself at its own limit. */
function serverPart(name: string, start: () => Promise<Server>): Part {
  return {
    name,
    async start(): Promise<Running> {
      const server = await start();
      return { pid: server.pid, exited: server.exited.then(toExit), stop: () => server.stop() };
    },
    check: async () => undefined,
    lastWords: () => "",
    stopLimitMs: SERVER_STOP_MS,
  };
}

function toExit(ended: unknown): Exit {
  const { code = null, signal = null } = z
    .object({ code: z.number().nullish(), signal: z.string().nullish() })
    .catch({})
    .parse(ended);
  return { code, signal };
}

/** The nats-server. `provision` runs after every start: what lives in memory is gone with the one before. */
export function natsPart(folder: DataFolder, ports: FleetPorts, provision: (url: string) => Promise<void>): Part {
  const options = { dataDir: folder.path("nats"), port: ports.nats, monitorPort: ports.natsMonitor };
  return serverPart("nats-server", async () => {
    // Read at every start: subscribers may have come since the last one.
    const server = await startNatsServer({ ...options, accounts: natsUsersIn(folder).accounts });
    try {
      await provision(server.url);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  });
}

/** The database with the demo organizations; `onStarted` learns its key once it is up. */
export function databasePart(folder: DataFolder, ports: FleetPorts, onStarted: (serviceRoleKey: string) => void): Part {
  return serverPart("database", async () => {
    const database = await startDatabase({
      dataDir: folder.path("database"),
      port: ports.database,
      seed: true,
      // On this machine only and with the service role's key: what `npm run db:psql`, the demo and the tests speak to.
      allowSql: true,
      useTemplate: true,
    });
    onStarted(database.serviceRoleKey);
    return database;
  });
}

/** The simulators of the outside, in one process. */
export function simulatorsPart(folder: DataFolder, ports: FleetPorts, env: NodeJS.ProcessEnv): Part {
  return processPart({
    name: "simulators",
    main: "libs/simulators/src/simulators-main.ts",
    logFile: folder.logFile("simulators"),
    env: { ...env, ...simulatorsProcessEnv(ports, folder.path("simulators")) },
    check: () => checkUrl(simulatorsUrl(ports)),
    stopLimitMs: SERVER_STOP_MS,
  });
}

/** One process of a stage. */
export function stagePart(
  stage: Stage,
  name: string,
  options: { logFile: string; env: NodeJS.ProcessEnv; adminPort: number },
): Part {
  const { adminPort, env, logFile } = options;
  return processPart({
    name,
    main: `services/${stage}/src/main.ts`,
    logFile,
    env,
    check: () => checkReadyz(`http://127.0.0.1:${adminPort}/readyz`),
    stopLimitMs: STAGE_STOP_MS,
  });
}

interface ProcessPart extends Pick<Part, "name" | "check" | "stopLimitMs"> {
  main: string;
  logFile: string;
  env: NodeJS.ProcessEnv;
}

function processPart({ main, logFile, env, ...part }: ProcessPart): Part {
  return {
    ...part,
    start: () => startNodeProcess({ main, cwd: ROOT, env, logFile }),
    lastWords: () => lastWords(logFile),
  };
}

async function checkUrl(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status < 500 ? undefined : `answers ${response.status}`;
  } catch {
    return "not listening yet";
  }
}

interface Readiness {
  status?: string;
  checks?: Record<string, { ok: boolean; required: boolean; detail?: string }>;
}

async function checkReadyz(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
    const { status, checks = {} } = (await response.json()) as Readiness;
    if (response.status === 200) return undefined;
    const failing = Object.entries(checks).filter(([, { ok, required }]) => required && !ok);
    if (failing.length === 0) return status === "starting" ? "opens its connections" : (status ?? "not ready");
    return `waits for ${failing.map(([name, { detail }]) => (detail ? `${name} (${detail})` : name)).join(", ")}`;
  } catch {
    return "loads";
  }
}
