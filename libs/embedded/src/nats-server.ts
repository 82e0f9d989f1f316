import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Child, startChild } from "./child.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { findNatsServer } from "./nats-binary.ts";

export interface NatsServerOptions {
  /** Holds the streams, the configuration and the lock. One server per folder. */
  dataDir: string;
  /** `free` lets the server pick one, without a race. */
  port?: number | "free" | undefined;
  monitorPort?: number | "free" | undefined;
  /** Files of accounts by name, the first of which is included; without them whoever connects may do everything. */
  accounts?: Readonly<Record<string, string>> | undefined;
}

export interface NatsServer {
  url: string;
  monitorUrl: string;
  port: number;
  pid: number;
  /** Resolves when the process has ended, wanted or not. */
  exited: Promise<unknown>;
  stop(): Promise<void>;
  /** SIGKILL: what a crash does. The folder can be used again at once. */
  kill(): Promise<void>;
}

const READY_WITHIN_MS = 15_000;
const RANDOM_PORT = -1;

/** Starts a nats-server with JetStream on a data folder and waits until it is healthy. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const binary = findNatsServer();
  const folder = resolve(options.dataDir);
  const lock = await lockFolder(folder);
  let child: Child | undefined;
  try {
    const config = await writeConfig(folder, options);
    child = await startChild(binary, ["-c", config]);
    await lock.handTo(child.pid);
    const ports = await waitUntilHealthy(folder, child);
    return natsServer(ports, child, lock);
  } catch (error) {
    await child?.kill();
    await lock.release();
    throw error;
  }
}

function natsServer(ports: Ports, child: Child, lock: FolderLock): NatsServer {
  return {
    url: `nats://127.0.0.1:${ports.client}`,
    monitorUrl: `http://127.0.0.1:${ports.monitor}`,
    port: ports.client,
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

function portOf(port: number | "free" | undefined, fallback: number): number {
  return port === "free" ? RANDOM_PORT : (port ?? fallback);
}

async function writeConfig(folder: string, { port, monitorPort, accounts = {} }: NatsServerOptions): Promise<string> {
  const path = join(folder, "nats.conf");
  const run = join(folder, "run");
  await rm(run, { recursive: true, force: true });
  await mkdir(run, { recursive: true });
  const quoted = (text: string) => JSON.stringify(text);
  const [included] = Object.keys(accounts);
  for (const [name, text] of Object.entries(accounts)) await writeFile(join(folder, name), text);
  await writeFile(
    path,
    [
      "# Written by libs/embedded at every start.",
      'server_name: "skytide-embedded"',
      'host: "127.0.0.1"',
      `port: ${portOf(port, 4222)}`,
      `http: "127.0.0.1:${portOf(monitorPort, 8222)}"`,
      `ports_file_dir: ${quoted(run)}`,
      // A dead client is noticed and its deliveries freed within 30 s.
      'ping_interval: "10s"',
      "ping_max: 2",
      "jetstream {",
      `  store_dir: ${quoted(join(folder, "store"))}`,
      // An acknowledged message is on the disk (reference: the default flushes every two minutes).
      "  sync_interval: always",
      "}",
      ...(included === undefined ? [] : [`include ${quoted(included)}`]),
      "",
    ].join("\n"),
  );
  return path;
}

interface Ports {
  client: number;
  monitor: number;
}

async function waitUntilHealthy(folder: string, child: Child): Promise<Ports> {
  let ended: Awaited<Child["exited"]> | undefined;
  void child.exited.then((exit) => {
    ended = exit;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (ended) throw new Error(`nats-server did not start: ${reasonOf(ended.lastLines)}`);
    const ports = await readPorts(join(folder, "run", `nats-server_${child.pid}.ports`));
    if (ports && (await isHealthy(ports.monitor))) return ports;
    await pause(20);
  }
  throw new Error(`nats-server was not healthy within ${READY_WITHIN_MS / 1000} s.`);
}

function reasonOf(output: string): string {
  const fatal = output.split("\n").findLast((line) => line.includes("[FTL]") || line.includes("[ERR]")) ?? output;
  const text = fatal.replace(/^.*\[(FTL|ERR)\]\s*/, "");
  if (!text.includes("address already in use")) return text || "it wrote no reason.";
  const address = /\d+\.\d+\.\d+\.\d+:\d+/.exec(text)?.[0] ?? "of its port";
  return `the address ${address} is already in use. Stop what uses it, choose another port, or set NATS_URL to use a server that runs already.`;
}

async function isHealthy(monitorPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${monitorPort}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

async function readPorts(path: string): Promise<Ports | null> {
  try {
    const found: unknown = JSON.parse(await readFile(path, "utf8"));
    const client = portIn(found, "nats");
    const monitor = portIn(found, "monitoring");
    return client === null || monitor === null ? null : { client, monitor };
  } catch {
    return null;
  }
}

function portIn(found: unknown, key: string): number | null {
  const list = (found as Record<string, unknown>)[key];
  const url: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof url === "string" ? Number(new URL(url).port) : null;
}
