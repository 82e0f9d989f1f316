import { join } from "node:path";
import { toSqlError } from "@skytide/embedded";
import type { Command } from "./command.ts";
import { DatabaseError } from "./database-error.ts";
import { ROOT } from "./root.ts";
import { targetOf } from "./target.ts";

/** Each is loaded when it is called: images have no generator of types. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  migrate: async () => (await import("./migrate-command.ts")).migrateCommand,
  reset: async () => (await import("./reset-command.ts")).resetCommand,
  psql: async () => (await import("./psql-command.ts")).psqlCommand,
  types: async () => (await import("./types-command.ts")).typesCommand,
};

/** Runs one command of `npm run db:…`; the exit code is 0, or 1 with a sentence. */
export async function runDb([name = "", ...given]: readonly string[], say: (line: string) => void): Promise<number> {
  const load = commands[name];
  if (load === undefined) {
    say(
      `There are npm run ${Object.keys(commands)
        .map((known) => `db:${known}`)
        .join(", ")}. Each says more with -- --help.`,
    );
    return name === "" ? 0 : 1;
  }
  const command = await load();
  if (given.includes("--help") || given.includes("-h")) {
    say(command.help);
    return 0;
  }
  try {
    loadDotEnv();
    await command.run({ arguments: given, target: targetOf(process.env, ROOT), say });
    return 0;
  } catch (error) {
    say(sentenceOf(error));
    return 1;
  }
}

/** What is set outside wins over `.env`. */
function loadDotEnv(): void {
  try {
    process.loadEnvFile(join(ROOT, ".env"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof DatabaseError) return error.message;
  const refusal = toSqlError(error);
  if (refusal) return [`${refusal.message} (${refusal.code})`, refusal.detail, refusal.hint].filter(Boolean).join("\n");
  return error instanceof Error ? error.message : String(error);
}
