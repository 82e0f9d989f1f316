import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "@skytide/events";
import type { Fleet } from "../../fleet/fleet.ts";
import { stagePart } from "../../fleet/parts.ts";
import { freePort } from "../../fleet/ports.ts";
import type { Exit, Running } from "../../fleet/running.ts";
import type { Service } from "./service.ts";
import { tapWire, type WireTap } from "./wire-tap.ts";

/** A pod: one process of a stage behind a tap. */
interface Replica {
  name: string;
  running: Running;
  tap: WireTap;
  httpPort: number;
  bootMs: number;
}

/** One replica that was replaced. */
export interface Replaced {
  stage: Stage;
  /** Start of the new process until it was ready. */
  bootMs: number;
  /** `performance.now()` of the SIGTERM. */
  termAt: number;
  /** SIGTERM to the end of the process. */
  exitMs: number;
  exit: Exit;
  old: WireTap;
  /** Who could take over. */
  others: WireTap[];
}

/** What a Kubernetes Deployment with maxSurge 1 and maxUnavailable 0 does, for one stage. */
export interface Deployment {
  readonly stage: Stage;
  /** Starts a new replica, waits until it is ready, ends an old one; one after the other for all that are there. */
  roll(): Promise<Replaced[]>;
  stop(): Promise<void>;
}

interface DeploymentOptions {
  fleet: Fleet;
  stage: Stage;
  replicas: number;
  /** Webhooks come over it; only ingest has one. */
  service?: Service | undefined;
  /** The pause of the manifest's preStop hook, during which the endpoints change. */
  preStopMs: number;
  /** Runs just before a SIGTERM. */
  beforeEnd(stage: Stage): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const POLL_MS = 25;
/** Above every drain; a pod that needs it would be killed by Kubernetes, too. */
const GRACE_MS = 60_000;

/** Starts a stage's replicas. */
export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { fleet, stage, service, preStopMs, beforeEnd } = options;
  let count = 0;
  const start = async () => {
    count += 1;
    const replica = await startReplica(fleet, stage, `${stage}-${count}`);
    service?.add(replica.httpPort);
    return replica;
  };
  let replicas = await Promise.all(Array.from({ length: options.replicas }, start));
  const taps = replicas.map(({ tap }) => tap);

  const replace = async (old: Replica): Promise<Replaced> => {
    const fresh = await start();
    taps.push(fresh.tap);
    replicas = [...replicas.filter((one) => one !== old), fresh];
    service?.remove(old.httpPort);
    if (service) await pause(preStopMs);
    await beforeEnd(stage);
    const termAt = performance.now();
    await old.running.stop(GRACE_MS);
    const exitMs = performance.now() - termAt;
    const others = replicas.map(({ tap }) => tap);
    return { stage, bootMs: fresh.bootMs, termAt, exitMs, exit: await old.running.exited, old: old.tap, others };
  };
  return {
    stage,
    async roll() {
      const replaced: Replaced[] = [];
      for (const old of replicas) replaced.push(await replace(old));
      return replaced;
    },
    async stop() {
      await Promise.all(replicas.map(({ running }) => running.stop(GRACE_MS)));
      await Promise.all(taps.map((tap) => tap.stop()));
    },
  };
}

async function startReplica(fleet: Fleet, stage: Stage, name: string): Promise<Replica> {
  const [tap, adminPort, httpPort] = await Promise.all([tapWire(fleet.urls.nats), freePort(), freePort()]);
  const env = {
    ...fleet.stageEnv(stage, { adminPort }),
    NATS_URL: tap.url,
    ...(stage === "ingest" ? { GATEWAY_PORT: String(httpPort) } : {}),
  };
  const part = stagePart(stage, name, { adminPort, env, logFile: join(fleet.logs, `${name}.log`) });
  const began = performance.now();
  const running = await part.start();
  for (;;) {
    const waitsFor = await part.check();
    const bootMs = performance.now() - began;
    if (waitsFor === undefined) return { name, running, tap, httpPort, bootMs };
    if (bootMs > READY_WITHIN_MS) throw new Error(`${name} is not ready: ${waitsFor}\n${part.lastWords()}`);
    await pause(POLL_MS);
  }
}
