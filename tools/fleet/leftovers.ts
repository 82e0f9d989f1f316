import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { identityOf, isAlive, type ProcessIdentity } from "@skytide/embedded";
import { z } from "zod";

const recordSchema = z.array(z.object({ name: z.string(), pid: z.number().int(), startedAt: z.string().nullable() }));

const TERM_LIMIT_MS = 5_000;
const KILL_LIMIT_MS = 5_000;

/** Remembers which processes a fleet started, so that the next start can end those that a kill -9 of the supervisor left. */
export function createProcessRecord(path: string) {
  const running = new Map<string, ProcessIdentity>();
  const save = () =>
    writeFileSync(path, `${JSON.stringify([...running].map(([name, identity]) => ({ name, ...identity })))}\n`);
  return {
    add(name: string, pid: number): void {
      running.set(name, identityOf(pid));
      save();
    },
    clear(): void {
      running.clear();
      save();
    },
  };
}

/** Ends what an earlier fleet left running, and answers the names. A pid that belongs to somebody else by now is left alone. */
export async function endLeftovers(path: string): Promise<string[]> {
  const left = readRecord(path).filter((entry) => entry.startedAt !== null && isAlive(entry));
  for (const { pid } of left) send(pid, "SIGTERM");
  await untilGone(left, TERM_LIMIT_MS);
  for (const entry of left) if (isAlive(entry)) send(entry.pid, "SIGKILL");
  await untilGone(left, KILL_LIMIT_MS);
  return left.map(({ name }) => name);
}

async function untilGone(processes: readonly ProcessIdentity[], limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (processes.some(isAlive) && performance.now() < deadline) await pause(20);
}

function readRecord(path: string): z.infer<typeof recordSchema> {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // None, or half written by a crash: then there is nothing that we know of.
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime.
  }
}
