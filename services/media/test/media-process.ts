import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The stage as it runs in production: its own main.ts in a process of its own. */
export interface MediaProcess {
  /** Everything it wrote. */
  output(): string;
  ended: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Starts the stage; it drains when the test ends, so that no message of this test comes back in the next. */
export function spawnMedia(env: Record<string, string>): MediaProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, DRAIN_MS: "10000", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = keepOutput(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  return { output, ended, signal: (name) => child.kill(name) };
}

function keepOutput(child: ChildProcess): () => string {
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return () => output;
}
