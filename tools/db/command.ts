import { parseArgs } from "node:util";
import { DatabaseError } from "./database-error.ts";
import type { Target } from "./target.ts";

/** What a command has to do with: its words, its database, and where it speaks. */
interface CommandContext {
  arguments: readonly string[];
  target: Target;
  say(line: string): void;
}

export interface Command {
  help: string;
  run(context: CommandContext): Promise<void>;
}

/** Reads switches (`--yes`); anything else is a sentence about it. */
export function readSwitches<Name extends string>(
  given: readonly string[],
  names: readonly Name[],
): Record<Name, boolean> {
  const options = Object.fromEntries(names.map((name) => [name, { type: "boolean" as const }]));
  try {
    const { values } = parseArgs({ args: [...given], options, strict: true });
    return Object.fromEntries(names.map((name) => [name, values[name] === true])) as Record<Name, boolean>;
  } catch (error) {
    throw new DatabaseError(`${error instanceof Error ? error.message : String(error)} Try --help.`);
  }
}
