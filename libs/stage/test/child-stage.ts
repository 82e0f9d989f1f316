import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished, vi } from "vitest";
import { testEnv } from "./open-test-stage.ts";

const main = new URL("./fixtures/child-stage.ts", import.meta.url).pathname;

/** Starts the stage of fixtures/ as a process; it is killed when the test ends. */
export function startChildStage(natsUrl: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main], {
    env: { ...testEnv(natsUrl), LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Record<string, unknown>[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const exited = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, errors }));
  });
  return {
    exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    count: (event: string) => lines.filter((line) => line.event === event).length,
    /** Waits for the n-th line of that event. */
    async logged(event: string, times = 1): Promise<Record<string, unknown>> {
      return vi.waitFor(
        () => {
          const found = lines.filter((line) => line.event === event)[times - 1];
          if (!found) throw new Error(`no ${event} yet: ${JSON.stringify(lines.map((line) => line.event))} ${errors}`);
          return found;
        },
        { timeout: 10_000, interval: 20 },
      );
    },
  };
}
