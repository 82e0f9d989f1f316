import { type Bus, judgeServer, planProvision, SERVER_LEAST, SERVER_WANTED } from "@skytide/bus";
import type { Shell } from "../shell.ts";
import type { Found, Row } from "./finding.ts";

const FULL = 0.8;
const ASK_WITHIN_MS = 4_000;
/** More than what is left of a page that a file has already: on a full disk a few bytes would still find room. */
const PROBE = "x".repeat(20_000);
const PROBE_TTL_MS = 1_000;

/** The checks of the log: there, of which version, with its streams and room for more, and does it really write? */
export function checkLog(shell: Shell): Row[] {
  const group = "log";
  return [
    {
      ...{ group, check: "nats", run: () => checkServer(shell) },
      advice:
        "Does a nats-server run at NATS_URL, may this place reach it, and does the key fit (NATS_NKEY_SEED or NATS_CREDS)?",
    },
    {
      ...{ group, check: "streams", run: () => withLog(shell, checkStreams) },
      advice: "skytide streams plan shows the differences, skytide streams apply --yes creates and corrects them.",
    },
    {
      ...{ group, check: "room", run: () => withLog(shell, checkRoom) },
      advice: "The oldest events go first. More room: skytide streams apply --max-gb <more> --yes, if the disk has it.",
    },
    {
      ...{ group, check: "disk", run: () => checkDisk(shell) },
      advice:
        "Make room on the volume of NATS or enlarge it, then restart that nats-server: a stream that met a full disk takes nothing until then. In Kubernetes: kubectl exec nats-0 -- df -h /data; kubectl rollout restart statefulset/nats.",
    },
  ];
}

/** Without a log there is one thing to repair, not five. */
async function withLog(shell: Shell, run: (bus: Bus) => Promise<Found>): Promise<Found> {
  const bus = await shell.bus().catch(() => undefined);
  return bus === undefined ? { state: "skipped", says: "the log cannot be reached" } : run(bus);
}

async function checkServer(shell: Shell): Promise<Found> {
  const version = (await shell.bus()).serverVersion();
  const says = `nats-server ${version}`;
  const judged = judgeServer(version);
  if (judged === "wanted") return { state: "good", says };
  if (judged === "too-old") {
    return {
      state: "wrong",
      says,
      advice: `Upgrade NATS to ${SERVER_LEAST} or later: turns cannot be committed on this one.`,
    };
  }
  return {
    state: "warning",
    says,
    advice: `Good enough to try; in production take ${SERVER_WANTED} or later, which has known defects repaired.`,
  };
}

async function checkStreams(bus: Bus): Promise<Found> {
  const { created, drift, unchanged } = await planProvision(bus);
  // How large and how many is the deployment's choice.
  const serious = drift.filter(({ field }) => !["max_bytes", "max_age", "num_replicas"].includes(field));
  const wrong = [
    ...created.map((name) => `${name} is missing`),
    ...serious.map(({ name, field }) => `${name}: ${field} differs`),
  ];
  if (wrong.length > 0) return { state: "wrong", says: wrong.join("; ") };
  return { state: "good", says: `${unchanged.length + drift.length} streams, buckets and consumers` };
}

async function checkRoom(bus: Bus): Promise<Found> {
  const { bytes, maxBytes } = await bus.streamInfo("CONVERSATIONS");
  if (maxBytes <= 0) return { state: "good", says: `${megabytes(bytes)} of events, no limit` };
  return {
    state: bytes / maxBytes > FULL ? "warning" : "good",
    says: `${megabytes(bytes)} of ${megabytes(maxBytes)} of events`,
  };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}

/** A full disk is no error on the wire, only silence. The servers' own monitoring says which stream is stuck. */
async function checkDisk(shell: Shell): Promise<Found> {
  for (const monitor of shell.env.NATS_MONITORING_URL?.split(",") ?? []) {
    const answer = await fetch(new URL("/healthz", monitor), { signal: AbortSignal.timeout(ASK_WITHIN_MS) });
    const { error = "" } = (await answer.json()) as { error?: string };
    if (!answer.ok) return { state: "wrong", says: `${new URL(monitor).host} says: ${error || answer.status}` };
  }
  return await withLog(shell, writeProbe);
}

/** Writes a value that is gone a second later, where only leases are. */
async function writeProbe(bus: Bus): Promise<Found> {
  const isThere = await bus.streamInfo("KV_LEASES").catch(() => undefined);
  if (isThere === undefined) return { state: "skipped", says: "there is no stream to write to yet" };
  const late = Symbol("late");
  const timer = Promise.withResolvers<typeof late>();
  const timeout = setTimeout(() => timer.resolve(late), ASK_WITHIN_MS);
  const began = performance.now();
  const key = `doctor.${crypto.randomUUID()}`;
  const wrote = await Promise.race([bus.keyValue("LEASES").create(key, PROBE, { ttlMs: PROBE_TTL_MS }), timer.promise]);
  clearTimeout(timeout);
  if (wrote === late)
    return {
      state: "wrong",
      says: "a write was not confirmed: the disk of NATS is full, or a stream lost its majority",
    };
  return { state: "good", says: `a write was confirmed in ${Math.round(performance.now() - began)} ms` };
}
