import { createServer } from "node:net";
import { STAGES, type Stage } from "@skytide/events";
import { FleetError } from "./fleet-error.ts";

/** The ports of a fleet on one machine. */
export interface FleetPorts {
  nats: number;
  natsMonitor: number;
  database: number;
  simulators: number;
  gateway: number;
  notifier: number;
  brain: number;
  /** Admin port of each stage's first process. */
  admin: Record<Stage, number>;
}

const DEFAULTS = {
  NATS_PORT: 4222,
  NATS_MONITOR_PORT: 8222,
  DATABASE_PORT: 54321,
  SIMULATORS_PORT: 8090,
  GATEWAY_PORT: 8080,
  NOTIFIER_PORT: 8091,
  BRAIN_PORT: 8000,
  ADMIN_PORT: 9090,
} as const;
type PortSetting = keyof typeof DEFAULTS;

const HOST = "127.0.0.1";

/** The ports that the settings name, or their defaults; ADMIN_PORT is the first of five in a row. */
export function portsOf(env: NodeJS.ProcessEnv): FleetPorts {
  const port = (name: PortSetting) => {
    const text = env[name]?.trim();
    if (!text) return DEFAULTS[name];
    const value = Number(text);
    if (Number.isInteger(value) && value > 0 && value < 65_531) return value;
    throw new FleetError(`${name} must be a port number, not "${text}".`);
  };
  return {
    nats: port("NATS_PORT"),
    natsMonitor: port("NATS_MONITOR_PORT"),
    database: port("DATABASE_PORT"),
    simulators: port("SIMULATORS_PORT"),
    gateway: port("GATEWAY_PORT"),
    notifier: port("NOTIFIER_PORT"),
    brain: port("BRAIN_PORT"),
    admin: adminPorts((index) => port("ADMIN_PORT") + index),
  };
}

function adminPorts(portAt: (index: number) => number): Record<Stage, number> {
  const [ingest, media, brain, outbound, notifier] = STAGES.map((_, index) => portAt(index));
  return {
    ingest: ingest ?? 0,
    media: media ?? 0,
    brain: brain ?? 0,
    outbound: outbound ?? 0,
    notifier: notifier ?? 0,
  };
}

/** Ports below the range that the kernel gives to outgoing connections, so that a part finds its own again after a crash. */
const FIRST_FREE = 20_000;
const BLOCKS = 240;
const BLOCK = 50;
/** Every process looks in a block of its own, so that fleets that start at the same moment do not meet. */
let next = FIRST_FREE + (process.pid % BLOCKS) * BLOCK;

/** A port that nobody uses and that this process has not given out before. */
export async function freePort(): Promise<number> {
  for (let attempts = 0; attempts < BLOCKS * BLOCK; attempts += 1) {
    const port = next;
    next = port + 1 < FIRST_FREE + BLOCKS * BLOCK ? port + 1 : FIRST_FREE;
    if (await isFree(port)) return port;
  }
  throw new FleetError("There is no free port on this machine.");
}

/** Ports that nobody uses, for tests and the demo. */
export async function freePorts(): Promise<FleetPorts> {
  const [nats, natsMonitor, database, simulators, gateway, notifier, brain, ...admin] = await takePorts(
    7 + STAGES.length,
  );
  return {
    nats: nats ?? 0,
    natsMonitor: natsMonitor ?? 0,
    database: database ?? 0,
    simulators: simulators ?? 0,
    gateway: gateway ?? 0,
    notifier: notifier ?? 0,
    brain: brain ?? 0,
    admin: adminPorts((index) => admin[index] ?? 0),
  };
}

async function takePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

export interface WantedPort {
  port: number;
  /** Who wants it. */
  part: string;
  /** The setting that moves it. */
  setting: string;
}

/** Throws one sentence that names every port that is taken. */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const taken: string[] = [];
  for (const { port, part, setting } of wanted) {
    if (!(await isFree(port))) taken.push(`${port} (${part}, ${setting})`);
  }
  if (taken.length === 0) return;
  const [ports, are, them] = taken.length === 1 ? ["Port", "is", "it"] : ["Ports", "are", "them"];
  throw new FleetError(
    `${ports} ${taken.join(", ")} ${are} in use by another program. Stop ${them}, or choose other ports with the settings in brackets.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, HOST, resolve);
    });
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
