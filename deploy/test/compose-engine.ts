import { spawnSync } from "node:child_process";
import { ROOT } from "./render.ts";

/** Compose v2 as it is called here; null where there is none. It reads files without an engine. */
export const COMPOSE: readonly string[] | null =
  [["docker", "compose"], ["docker-compose"]].find(([command = "", ...rest]) => {
    const { stdout } = spawnSync(command, [...rest, "version", "--short"], { encoding: "utf8" });
    return /^v?([2-9]|\d\d)\./.test(stdout ?? "");
  }) ?? null;

/** Runs Compose on the repository's file with nothing set but what is given. */
export function compose(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const [command = "", ...rest] = COMPOSE ?? [];
  const { PATH, HOME } = process.env;
  return spawnSync(command, [...rest, ...args], { cwd: ROOT, env: { PATH, HOME }, encoding: "utf8" });
}
