import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCli } from "../../../tools/skytide/src/run-cli.ts";
import type { LiveFleet } from "./live-fleet.ts";

/** As an operator does it: a dead letter that waits is an alert, and must not be one of the next outage. */
export async function discardDeadLetters({ folder }: LiveFleet): Promise<void> {
  const env = JSON.parse(await readFile(join(folder, "fleet", "operator.json"), "utf8")) as Record<string, string>;
  const notes: string[] = [];
  const code = await runCli(["dlq", "discard", "--all", "--yes"], {
    env: { SKYTIDE_DATA_DIR: "/nowhere", SKYTIDE_OPERATOR: "verify-deploy", ...env },
    signal: new AbortController().signal,
    print: () => undefined,
    note: (line) => void notes.push(line),
  });
  if (code !== 0) throw new Error(`skytide dlq discard ended with ${code}: ${notes.join(" ")}`);
}
