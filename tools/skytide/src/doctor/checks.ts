import { planProvision } from "@skytide/bus";
import { SCHEMA_VERSION } from "@skytide/store";
import { z } from "zod";
import type { Shell } from "../shell.ts";
import { checkOutside } from "./outside.ts";

/** What a check found. */
export interface Finding {
  check: string;
  state: "good" | "wrong" | "skipped";
  says: string;
  /** What to do about it. */
  advice?: string;
}

/** A check that did not throw says what it found; one that did is wrong. */
type Check = () => Promise<Omit<Finding, "check">>;

const SERVER_FROM = [2, 14] as const;
/** More makes timers and windows noticeably early or late. */
const CLOCK_OFF_MS = 5_000;
const FULL = 0.8;

/** Runs every check; none stops another. */
export async function runChecks(shell: Shell): Promise<Finding[]> {
  const checks: [name: string, check: Check, advice: string][] = [
    [
      "log",
      () => checkServer(shell),
      "Is NATS_URL right, does a nats-server run there, and does the key fit (NATS_NKEY_SEED)?",
    ],
    [
      "streams",
      () => checkStreams(shell),
      "skytide streams plan shows the differences, skytide streams apply --yes corrects them.",
    ],
    ["room", () => checkRoom(shell), "skytide streams apply --max-gb <more> --yes, if the disk has it."],
    ["database", () => checkDatabase(shell), "Is SUPABASE_URL right and the service role's key valid?"],
    ["clock", () => checkClock(shell), "Synchronize the clocks (NTP): timers fire by the log's clock."],
    ...checkOutside(shell),
  ];
  return Promise.all(
    checks.map(async ([check, run, advice]) => {
      try {
        const found = await run();
        return { check, ...found, ...(found.state === "wrong" && !found.advice ? { advice } : {}) };
      } catch (error) {
        return { check, state: "wrong" as const, says: error instanceof Error ? error.message : String(error), advice };
      }
    }),
  );
}

async function checkServer(shell: Shell): ReturnType<Check> {
  const version = (await shell.bus()).serverVersion();
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < SERVER_FROM[0] || (major === SERVER_FROM[0] && minor < SERVER_FROM[1]);
  if (isOld)
    return {
      state: "wrong",
      says: `nats-server ${version}`,
      advice: "The log needs 2.14 or later: atomic batches and scheduled messages.",
    };
  return { state: "good", says: `nats-server ${version}` };
}

async function checkStreams(shell: Shell): ReturnType<Check> {
  const { created, drift, unchanged } = await planProvision(await shell.bus());
  // How large and how many is the deployment's choice.
  const serious = drift.filter(({ field }) => !["max_bytes", "max_age", "num_replicas"].includes(field));
  const wrong = [
    ...created.map((name) => `${name} is missing`),
    ...serious.map(({ name, field }) => `${name}: ${field} differs`),
  ];
  if (wrong.length > 0) return { state: "wrong", says: wrong.join("; ") };
  return { state: "good", says: `${unchanged.length + drift.length} streams, buckets and consumers` };
}

async function checkRoom(shell: Shell): ReturnType<Check> {
  const { bytes, maxBytes } = await (await shell.bus()).streamInfo("CONVERSATIONS");
  if (maxBytes <= 0) return { state: "good", says: `${megabytes(bytes)} of events, no limit` };
  const says = `${megabytes(bytes)} of ${megabytes(maxBytes)}`;
  return { state: bytes / maxBytes > FULL ? "wrong" : "good", says };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}

async function checkDatabase(shell: Shell): ReturnType<Check> {
  const { schemaVersion } = await shell.store().health();
  const found = /\d{14}/.exec(schemaVersion)?.[0] ?? schemaVersion;
  if (found < SCHEMA_VERSION) {
    return {
      state: "wrong",
      says: `schema ${found}, this version wants ${SCHEMA_VERSION}`,
      advice: "npm run db:migrate (Job migrate) brings it to the newest.",
    };
  }
  return { state: "good", says: `schema ${found}` };
}

/** Servers say their time with every answer; a second's grain is enough. */
async function checkClock(shell: Shell): ReturnType<Check> {
  const { SUPABASE_URL } = shell.settings(z.object({ SUPABASE_URL: z.url().describe("Base URL of Supabase.") }));
  const sentAt = Date.now();
  const answer = await fetch(SUPABASE_URL, { signal: AbortSignal.timeout(5_000) });
  const date = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(date)) return { state: "skipped", says: "the database's server does not say its time" };
  const offMs = Math.max(0, Math.abs(date - (sentAt + Date.now()) / 2) - 1_000);
  return {
    state: offMs > CLOCK_OFF_MS ? "wrong" : "good",
    says: `${Math.round(offMs / 1_000)} s from the database's server`,
  };
}
