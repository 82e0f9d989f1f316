import { PermanentError, RetryableError } from "@skytide/errors";
import { ConfigError } from "@skytide/stage";
import { CommanderError } from "commander";
import { CliError } from "./cli-error.ts";
import { createProgram } from "./program.ts";
import type { Outside } from "./shell.ts";

const SETTINGS_MISSING = 78;

/** Runs one command line and resolves with its exit code: 0 done, 1 failed, 2 called wrongly, 78 settings missing. */
export async function runCli(given: readonly string[], outside: Outside): Promise<number> {
  try {
    await createProgram(outside).parseAsync([...given], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    outside.note(sentenceOf(error));
    if (error instanceof ConfigError) return SETTINGS_MISSING;
    return error instanceof CliError ? error.exitCode : 1;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof CliError || error instanceof ConfigError) return `skytide: ${error.message}`;
  // Our own errors are written for people; of anything else the stack is worth more.
  if (error instanceof RetryableError || error instanceof PermanentError)
    return `skytide: ${error.message} (${error.code})`;
  return error instanceof Error ? `skytide: unexpected: ${error.stack ?? error.message}` : `skytide: ${String(error)}`;
}
