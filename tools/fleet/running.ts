import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

export interface Exit {
  code: number | null;
  signal: string | null;
}

/** A part that runs now. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Asks it to end; after the limit it is killed. */
  stop(limitMs: number): Promise<void>;
}

export interface NodeProcess {
  main: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
}

/** Starts a Node process whose output goes to its log file. Its process group is its own: Ctrl-C reaches only us, and we choose the order. */
export async function startNodeProcess({ main, cwd, env, logFile }: NodeProcess): Promise<Running> {
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [main], { cwd, env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const exited = new Promise<Exit>((resolve) => {
    child.once("close", (code, signal) => {
      process.off("exit", killAtExit);
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return {
    pid: child.pid ?? 0,
    exited,
    async stop(limitMs) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

const SHOWN_LINES = 12;

/** What a process said last and not as a log line: from its error on, where there is one. */
export function lastWords(logFile: string): string {
  let text: string;
  try {
    text = readFileSync(logFile, "utf8");
  } catch {
    return "";
  }
  const lines = text.trimEnd().split("\n").slice(-60);
  const plain = lines.filter((line) => !line.startsWith("{"));
  const shown = plain.length > 0 ? plain : lines;
  const error = shown.findLastIndex((line) => /^(?:skytide \w+:|\w*Error\b)/.test(line));
  return (error < 0 ? shown.slice(-SHOWN_LINES) : shown.slice(error, error + SHOWN_LINES)).join("\n");
}
