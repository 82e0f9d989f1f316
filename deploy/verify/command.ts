import { spawn } from "node:child_process";

/** How a command ended and what it wrote, both channels in one. */
export interface Ended {
  code: number | null;
  output: string;
}

/** Runs a command and waits for its end; the signal or the limit kill it. Throws when there is no such command. */
export function runCommand(
  command: string,
  given: readonly string[],
  { cwd, signal, limitMs }: { cwd: string; signal: AbortSignal; limitMs: number },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, given, {
      ...{ cwd, stdio: ["ignore", "pipe", "pipe"] },
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: output.trim() }));
  });
}

/** True where the command can be run and ends well. */
export async function canRun(command: string, given: readonly string[], cwd: string): Promise<boolean> {
  const limits = { cwd, signal: new AbortController().signal, limitMs: 20_000 };
  return runCommand(command, given, limits).then(
    ({ code }) => code === 0,
    () => false,
  );
}
