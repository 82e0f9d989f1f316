import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Row } from "../table.ts";

const MAIN = join(import.meta.dirname, "live-main.ts");
/** Its own processes, its own mounts: when the first of them ends, the kernel ends and unmounts the rest. */
const APART = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
const STOP_WITHIN_MS = 60_000;
/** Over all: a check that hangs must not hang whoever waits for the table. */
const LIMIT_MS = 18 * 60_000;

/** The words before the command that give it namespaces of its own; none where this is not allowed. */
function namespaces(): string[] {
  for (const extra of [[], ["--user", "--map-root-user"]]) {
    const words = ["unshare", ...extra, ...APART];
    try {
      execFileSync(words[0] ?? "", [...words.slice(1), "true"], { stdio: "ignore" });
      return words;
    } catch {
      // Not root, no user namespaces or no unshare: the next way, or none.
    }
  }
  return [];
}

/** Runs the live part where nothing of it can be left behind; ends it in good order when the signal comes. */
export async function runLiveApart(options: {
  only: readonly string[];
  signal: AbortSignal;
  note(text: string): void;
  row(row: Row): void;
}): Promise<void> {
  const apart = namespaces();
  const [command = "", ...given] = [
    ...[...apart, process.execPath, MAIN, ...(apart.length > 0 ? ["--may-mount"] : [])],
    ...options.only.flatMap((name) => ["--only", name]),
  ];
  // A process group of its own: Ctrl-C reaches us, and we choose how it ends.
  const child = spawn(command, given, { stdio: ["pipe", "pipe", "inherit"], detached: true });
  let over = false;
  const stop = () => {
    // Closing its input asks it to end: signals do not reach through unshare.
    child.stdin.end();
    setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS).unref();
  };
  options.signal.addEventListener("abort", stop, { once: true });
  const limit = setTimeout(() => {
    over = true;
    stop();
  }, LIMIT_MS);
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  try {
    const exited = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code));
    });
    for await (const line of createInterface(child.stdout)) {
      const { note, row } = JSON.parse(line) as { note?: string; row?: Row };
      if (note !== undefined) options.note(note);
      if (row !== undefined) options.row(row);
    }
    const code = await exited;
    if (over) throw new Error(`it was not done within ${LIMIT_MS / 60_000} minutes`);
    if (code !== 0 && !options.signal.aborted) throw new Error(`the process of the live checks ended with ${code}`);
  } finally {
    clearTimeout(limit);
    process.off("exit", killAtExit);
    options.signal.removeEventListener("abort", stop);
  }
}
