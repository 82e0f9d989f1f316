import { STAGES, type Stage } from "@skytide/events";
import { type DataFolder, keysIn, openDataFolder } from "./data-folder.ts";
import { fillKnowledge } from "./fill-knowledge.ts";
import type { Fleet, FleetOptions, FleetUrls } from "./fleet-types.ts";
import { createProcessRecord, endLeftovers } from "./leftovers.ts";
import { natsUsersIn } from "./nats-users.ts";
import { operatorFile } from "./operator-file.ts";
import { databasePart, natsPart, simulatorsPart, stagePart } from "./parts.ts";
import { checkPorts, type FleetPorts, freePort, freePorts, portsOf } from "./ports.ts";
import { provisionLog } from "./provision-log.ts";
import { type FleetFacts, LOCAL_DEFAULTS, natsUserEnv, simulatorsUrl, stageEnv } from "./stage-env.ts";
import { externals, needsSimulators, type StandIns, standInsOf, wantedPorts } from "./stand-ins.ts";
import { type Part, type Supervised, supervise } from "./supervise.ts";

export type { Fleet, FleetOptions } from "./fleet-types.ts";

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
  for (const { part, detail } of externals(env, standIns))
    plan.options.onProgress?.({ part, state: "external", detail });
  if (standIns.nats)
    plan.add(
      "servers",
      natsPart(folder, ports, (url) =>
        provisionLog(url, natsUserEnv({ natsUsers: natsUsersIn(folder) }, "provisioner"), provisionOptions(plan)),
      ),
    );
  if (standIns.database) {
    const onStarted = (key: string) => {
      serviceRoleKey = key;
    };
    plan.add("servers", databasePart(folder, ports, onStarted));
  }
  if (needsSimulators(standIns)) plan.add("simulators", simulatorsPart(folder, ports, env));
  await Promise.all([...groups.servers, ...groups.simulators].map(({ ready }) => ready));

  const urls: FleetUrls = {
    nats: standIns.nats ? `nats://127.0.0.1:${ports.nats}` : (env.NATS_URL ?? ""),
    database: standIns.database ? `http://127.0.0.1:${ports.database}` : (env.SUPABASE_URL ?? ""),
    webhook: `http://127.0.0.1:${ports.gateway}/webhooks/gupshup`,
    simulators: simulatorsUrl(ports),
    invoke: `http://127.0.0.1:${ports.brain}/invoke`,
    webPhone: `${simulatorsUrl(ports)}/`,
    admin: {},
  };
  // The embedded one is provisioned with every start of it.
  if (!standIns.nats) await provisionLog(urls.nats, env, provisionOptions(plan));
  const facts: FleetFacts = {
    standIns,
    ports,
    natsUrl: urls.nats,
    natsUsers: standIns.nats ? natsUsersIn(folder) : undefined,
    databaseUrl: urls.database,
    serviceRoleKey,
    chatHashKeys: env.CHAT_HASH_KEYS?.trim() || keysIn(folder, "chat-hash-keys"),
    buttonSigningKeys: env.BUTTON_SIGNING_KEYS?.trim() || keysIn(folder, "button-signing-keys"),
  };
  operatorFile(folder).write(facts);
  const admin = await startStages(plan, facts);
  await Promise.all(groups.stages.map(({ ready }) => ready));
  await fillKnowledge({
    standIns,
    env: { ...env, ...stageEnv("brain", facts, { adminPort: 0, first: true }), ...plan.options.stageEnv?.brain },
    signal: plan.options.signal,
    note: (detail) => plan.options.onProgress?.({ part: "knowledge", state: "note", detail }),
  });
  const processes = [...groups.servers, ...groups.simulators, ...groups.stages];
  return {
    urls: { ...urls, admin },
    serviceRoleKey,
    natsUsers: facts.natsUsers,
    logs: folder.path("logs"),
    standIns,
    processes,
    stageEnv: (stage, { adminPort }) => envOf(plan, facts, stage, { adminPort, first: false }),
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

function provisionOptions({ options, standIns }: Plan): Parameters<typeof provisionLog>[2] {
  const note = (detail: string) => options.onProgress?.({ part: "streams", state: "note", detail });
  // The embedded log is ours to correct; somebody else's is only told about.
  return { apply: standIns.nats, note };
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
    env: envOf(plan, facts, stage, own),
  };
}

function envOf(plan: Plan, facts: FleetFacts, stage: Stage, own: { adminPort: number; first: boolean }) {
  return { ...plan.env, ...stageEnv(stage, facts, own), ...plan.options.stageEnv?.[stage] };
}

async function stopGroups({ servers, simulators, stages }: Groups, folder: DataFolder): Promise<void> {
  for (const group of [stages, simulators, servers]) await Promise.all(group.map((one) => one.stop()));
  createProcessRecord(folder.path(RECORD)).clear();
  operatorFile(folder).remove();
  await folder.release();
}
