import { connectBus, provision } from "@skytide/bus";
import { STAGES, type Stage } from "@skytide/events";
import { chatHashKeysIn, type DataFolder, openDataFolder } from "./data-folder.ts";
import type { Fleet, FleetOptions, FleetUrls } from "./fleet-types.ts";
import { createProcessRecord, endLeftovers } from "./leftovers.ts";
import { databasePart, natsPart, simulatorsPart, stagePart } from "./parts.ts";
import { checkPorts, type FleetPorts, freePort, freePorts, portsOf, type WantedPort } from "./ports.ts";
import {
  type FleetFacts,
  LOCAL_DEFAULTS,
  needsSimulators,
  type StandIns,
  simulatorsUrl,
  stageEnv,
  standInsOf,
} from "./stage-env.ts";
import { type Part, type Supervised, supervise } from "./supervise.ts";

export type { Fleet, FleetOptions, FleetProcess, FleetProgress } from "./fleet-types.ts";

const RECORD = "processes.json";

/** The servers and processes of a fleet in the order of their start. */
interface Groups {
  servers: Supervised[];
  simulators: Supervised[];
  stages: Supervised[];
}

/** What the steps of a start share. */
interface Plan {
  options: FleetOptions;
  env: NodeJS.ProcessEnv;
  standIns: StandIns;
  folder: DataFolder;
  ports: FleetPorts;
  groups: Groups;
  add(group: keyof Groups, part: Part): Supervised;
}

/** Starts a whole fleet and resolves when every part is ready. When one cannot start, what was started is stopped. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const env = { ...LOCAL_DEFAULTS, ...(options.env ?? process.env) };
  const standIns = standInsOf(env);
  const folder = await openDataFolder(options.dataDir);
  const groups: Groups = { servers: [], simulators: [], stages: [] };
  const stop = once(() => stopGroups(groups, folder));
  const stopNow = () => void stop();
  options.signal?.addEventListener("abort", stopNow, { once: true });
  try {
    for (const name of await endLeftovers(folder.path(RECORD))) {
      options.onProgress?.({ part: name, state: "note", detail: "ended: an earlier start had left it running" });
    }
    const ports = options.ports === "free" ? await freePorts() : portsOf(env);
    if (options.ports !== "free") await checkPorts(wantedPorts(ports, standIns));
    const plan: Plan = { options, env, standIns, folder, ports, groups, add: adder(options, groups, folder) };
    return { ...(await startGroups(plan)), stop };
  } catch (error) {
    await stop();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stopNow);
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

function adder({ onProgress, signal }: FleetOptions, groups: Groups, folder: DataFolder): Plan["add"] {
  const record = createProcessRecord(folder.path(RECORD));
  return (group, part) => {
    signal?.throwIfAborted();
    const supervised = supervise(part, {
      onProgress: (progress) => onProgress?.(progress),
      onStarted: (pid) => record.add(part.name, pid),
    });
    groups[group].push(supervised);
    return supervised;
  };
}

async function startGroups(plan: Plan): Promise<Omit<Fleet, "stop">> {
  const { env, folder, groups, ports, standIns } = plan;
  let serviceRoleKey = env.SUPABASE_SERVICE_ROLE_KEY ?? "";
  sayExternal(plan);
  if (standIns.nats) plan.add("servers", natsPart(folder, ports));
  if (standIns.database) {
    const onStarted = (key: string) => {
      serviceRoleKey = key;
    };
    plan.add("servers", databasePart(folder, ports, { testDatabase: plan.options.testDatabase ?? false, onStarted }));
  }
  if (needsSimulators(standIns)) plan.add("simulators", simulatorsPart(folder, ports, env));
  await Promise.all([...groups.servers, ...groups.simulators].map(({ ready }) => ready));

  const urls: FleetUrls = {
    nats: standIns.nats ? `nats://127.0.0.1:${ports.nats}` : (env.NATS_URL ?? ""),
    database: standIns.database ? `http://127.0.0.1:${ports.database}` : (env.SUPABASE_URL ?? ""),
    webhook: `http://127.0.0.1:${ports.gateway}/webhooks/gupshup`,
    simulators: simulatorsUrl(ports),
    webPhone: `${simulatorsUrl(ports)}/`,
    admin: {},
  };
  await provisionLog(plan, urls.nats);
  const facts: FleetFacts = {
    standIns,
    ports,
    natsUrl: urls.nats,
    databaseUrl: urls.database,
    serviceRoleKey,
    chatHashKeys: env.CHAT_HASH_KEYS?.trim() || chatHashKeysIn(folder),
  };
  const admin = await startStages(plan, facts);
  await Promise.all(groups.stages.map(({ ready }) => ready));
  const processes = [...groups.servers, ...groups.simulators, ...groups.stages];
  return {
    urls: { ...urls, admin },
    serviceRoleKey,
    logs: folder.path("logs"),
    standIns,
    processes,
    process: (name) => {
      const found = processes.find((candidate) => candidate.name === name);
      if (!found) throw new RangeError(`this fleet has no process ${name}`);
      return found;
    },
    killAll: () => {
      for (const one of processes) one.kill("SIGKILL");
    },
  };
}

function sayExternal({ env, options, standIns }: Plan): void {
  const say = (part: string, detail: string) => options.onProgress?.({ part, state: "external", detail });
  if (!standIns.nats) say("nats-server", "the one of NATS_URL");
  if (!standIns.database) say("database", "the one of SUPABASE_URL");
  if (env.REDIS_URL?.trim()) say("redis", "the one of REDIS_URL");
  if (!standIns.openai) say("openai", env.OPENAI_BASE_URL?.trim() ? "the one of OPENAI_BASE_URL" : "the real one");
  if (!standIns.gemini) say("gemini", env.GEMINI_BASE_URL?.trim() ? "the one of GEMINI_BASE_URL" : "the real one");
  if (!standIns.gupshup) say("gupshup", "the one of GUPSHUP_API_URL");
  if (!standIns.langfuse) say("langfuse", "the one of LANGFUSE_HOST");
}

async function provisionLog({ env, options, standIns }: Plan, servers: string): Promise<void> {
  const bus = await connectBus({
    servers,
    name: "provision",
    user: env.NATS_USER,
    password: env.NATS_PASSWORD,
    nkeySeed: env.NATS_NKEY_SEED,
    credentialsFile: env.NATS_CREDS,
  });
  try {
    // The embedded log is ours to correct; somebody else's is only told about.
    const { created, drift } = await provision(bus, { apply: standIns.nats });
    if (created.length > 0) {
      options.onProgress?.({
        part: "streams",
        state: "note",
        detail: `${created.length} streams and consumers created`,
      });
    }
    for (const { name, field, applied } of drift) {
      const detail = applied ? `${name}: ${field} corrected` : `${name}: ${field} differs from what this version wants`;
      options.onProgress?.({ part: "streams", state: "note", detail });
    }
  } finally {
    await bus.drain();
  }
}

async function startStages(plan: Plan, facts: FleetFacts): Promise<Record<string, string>> {
  const admin: Record<string, string> = {};
  for (const stage of STAGES) {
    for (let index = 1; index <= (plan.options.replicas?.[stage] ?? 1); index += 1) {
      const first = index === 1;
      const name = first ? stage : `${stage}-${index}`;
      const adminPort = first ? plan.ports.admin[stage] : await freePort();
      admin[name] = `http://127.0.0.1:${adminPort}`;
      plan.add(
        "stages",
        stagePart(stage, name, { adminPort, ...processOf(plan, facts, stage, { name, adminPort, first }) }),
      );
    }
  }
  return admin;
}

function processOf(
  plan: Plan,
  facts: FleetFacts,
  stage: Stage,
  own: { name: string; adminPort: number; first: boolean },
) {
  return {
    logFile: plan.folder.logFile(own.name),
    env: { ...plan.env, ...stageEnv(stage, facts, own), ...plan.options.stageEnv?.[stage] },
  };
}

function wantedPorts(ports: FleetPorts, standIns: StandIns): WantedPort[] {
  return [
    ...(standIns.nats ? [{ port: ports.nats, part: "nats-server", setting: "NATS_PORT" }] : []),
    ...(standIns.nats
      ? [{ port: ports.natsMonitor, part: "nats-server monitoring", setting: "NATS_MONITOR_PORT" }]
      : []),
    ...(standIns.database ? [{ port: ports.database, part: "database", setting: "DATABASE_PORT" }] : []),
    ...(needsSimulators(standIns) ? [{ port: ports.simulators, part: "simulators", setting: "SIMULATORS_PORT" }] : []),
    { port: ports.gateway, part: "webhooks", setting: "GATEWAY_PORT" },
    ...STAGES.map((stage) => ({ port: ports.admin[stage], part: `${stage} admin`, setting: "ADMIN_PORT" })),
  ];
}

async function stopGroups({ servers, simulators, stages }: Groups, folder: DataFolder): Promise<void> {
  for (const group of [stages, simulators, servers]) await Promise.all(group.map((one) => one.stop()));
  createProcessRecord(folder.path(RECORD)).clear();
  await folder.release();
}
