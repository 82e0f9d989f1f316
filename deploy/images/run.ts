import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a command to its end and gives what it wrote; throws with its last words. */
export async function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { maxBuffer: MAX_OUTPUT_BYTES, ...(cwd ? { cwd } : {}) });
    return stdout.trim();
  } catch (error) {
    const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
    const words = `${stdout}\n${stderr}`.trim().slice(-1_500);
    throw new Error(`${command} ${args.join(" ").slice(0, 200)} failed:\n${words}`, { cause: error });
  }
}

/** Whether a command can be called here. */
export async function has(command: string): Promise<boolean> {
  return await execute("sh", ["-c", `command -v ${command}`]).then(
    () => true,
    () => false,
  );
}
