import { type ChildProcess, spawn } from "node:child_process";
import { guardChild } from "./child-guard.ts";

export interface Child {
  pid: number;
  /** Resolves when the process has ended, with the last lines it wrote. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; lastLines: string }>;
  /** SIGTERM, and SIGKILL after the limit. */
  stop(limitMs?: number): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

const KEPT_CHARACTERS = 4_000;

/**
 * Starts a process whose output is kept only to explain why it ended. It has a process group of its own, so that Ctrl-C
 * reaches only us and we choose the order of stopping; it does not outlive us.
 */
export async function startChild(command: string, args: string[], env?: NodeJS.ProcessEnv): Promise<Child> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: env ?? process.env,
    detached: true,
  });
  guardChild(child);
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-KEPT_CHARACTERS);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const exited = new Promise<Awaited<Child["exited"]>>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, lastLines: output.trim() }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return {
    pid: child.pid ?? 0,
    exited,
    async stop(limitMs = 10_000) {
      await end(child, "SIGTERM", exited, limitMs);
    },
    async kill() {
      await end(child, "SIGKILL", exited, 0);
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<unknown>, limitMs: number) {
  child.kill(signal);
  if (signal === "SIGKILL") return void (await exited);
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  await exited;
  clearTimeout(timer);
}
