import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { expect, onTestFinished } from "vitest";
import { MACHINE_ENV } from "./machine-env.ts";
import { until } from "./until.ts";

/** A line that a stage logged. */
type LogLine = Record<string, unknown>;

/** A stage as it runs in production: its own main.ts in a process of its own. */
export interface StageProcess {
  readonly pid: number;
  /** Everything it wrote. */
  output(): string;
  /** What it wrote on stderr. */
  errors(): string;
  /** The exit code, null where a signal ended it. */
  readonly ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code when it has drained. */
  terminate(): Promise<number | null>;
  /** The admin port, once it is ready. Throws with what it wrote when it ends before. */
  ready(): Promise<number>;
  /** Lines of that event so far. */
  count(event: string): number;
  /** Waits for the n-th line of that event. */
  logged(event: string, times?: number): Promise<LogLine>;
  /** The value of the metric whose line starts so; undefined while there is none. */
  metric(line: string): Promise<number | undefined>;
}

/** What every stage needs to run beside other tests. */
export const STAGE_ENV = {
  ADMIN_HOST: "127.0.0.1",
  ADMIN_PORT: "0",
  CHAT_HASH_KEYS: "k1:0123456789abcdef",
} as const;

/** Starts a stage's main.ts with these settings and nothing else of ours; it drains when the test ends. */
export function spawnStage(main: URL, env: Readonly<Record<string, string>>): StageProcess {
  const child = spawn(process.execPath, [main.pathname], {
    env: { ...MACHINE_ENV, ...STAGE_ENV, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { output, errors, lines } = keepOutput(child.stdout, child.stderr);
  let gone = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      gone = true;
      resolve(code);
    });
  });
  const terminate = () => {
    child.kill("SIGTERM");
    return ended;
  };
  onTestFinished(async () => void (await terminate()));
  const linesOf = (event: string) => lines.filter((line) => line.event === event);
  const logged = async (event: string, times = 1): Promise<LogLine> => {
    // A process that has ended says nothing more: better its words at once than a time-out.
    const line = await until(() => {
      const found = linesOf(event)[times - 1];
      expect(found !== undefined || gone, `no ${event} yet:\n${output()}`).toBe(true);
      return found;
    });
    return line ?? expect.unreachable(`ended before ${event}:\n${output()}`);
  };
  const ready = async () => Number((await logged("stage-ready")).port);
  return {
    pid: child.pid ?? 0,
    ...{ output, errors, ended, terminate, ready, logged },
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    count: (event) => linesOf(event).length,
    metric: async (line) => await readMetric(await ready(), line),
  };
}

/** Starts a stage as `spawnStage` does and waits until it is ready. */
export async function startStage(main: URL, env: Readonly<Record<string, string>>): Promise<StageProcess> {
  const stage = spawnStage(main, env);
  await stage.ready();
  return stage;
}

function keepOutput(stdout: Readable, stderr: Readable) {
  const lines: LogLine[] = [];
  let output = "";
  let errors = "";
  createInterface(stdout).on("line", (line) => {
    output += `${line}\n`;
    if (line.startsWith("{")) lines.push(JSON.parse(line));
  });
  stderr.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    errors += chunk;
  });
  return { lines, output: () => output, errors: () => errors };
}

async function readMetric(port: number, line: string): Promise<number | undefined> {
  const body = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const row = body.split("\n").find((candidate) => candidate.startsWith(line));
  return row === undefined ? undefined : Number(row.split(" ").at(-1));
}
