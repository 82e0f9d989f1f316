import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fleet } from "../tools/fleet/fleet.ts";

/** Every refusal of the nats-server that a stage logged: a permission that its user lacks. */
export function refusedSubjects({ logs }: Fleet): string[] {
  return readdirSync(logs).flatMap((file) =>
    readFileSync(join(logs, file), "utf8")
      .split("\n")
      .filter((line) => /PERMISSIONS_VIOLATION|not-permitted/.test(line)),
  );
}
