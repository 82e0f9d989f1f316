import type { z } from "zod";
import { TOGETHER } from "./settings.ts";
import { type UnknownSetting, unknownSettings } from "./unknown-settings.ts";

/** Settings are missing or wrong. The message names all of them and no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`wrong settings:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Reads a stage's settings from the environment; an empty value counts as not set. Throws ConfigError with every problem. */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const set = new Map<string, string>();
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]?.trim();
    if (value) set.set(name, value);
  }
  const parsed = schema.safeParse(Object.fromEntries(set));
  const slips = parsed.success ? [] : unknownSettings(env);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => describeIssue(schema, issue, set, slips));
  problems.push(...halfSet(schema, set));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

function describeIssue(
  schema: z.ZodObject,
  issue: z.core.$ZodIssue,
  set: ReadonlyMap<string, string>,
  slips: readonly UnknownSetting[],
): string {
  const name = String(issue.path[0] ?? "settings");
  const description = schema.shape[name]?.description;
  const about = description ? ` (${description})` : "";
  if (issue.path.length > 0 && !set.has(name)) {
    const slip = slips.find(({ meant }) => meant === name);
    return `${name}: not set${slip ? `, but ${slip.name} is: a slip of the pen?` : ""}${about}`;
  }
  return `${name}: ${issue.message}${about}`;
}

function halfSet(schema: z.ZodObject, set: ReadonlyMap<string, string>): string[] {
  return TOGETHER.flatMap((names) => {
    const known = names.filter((name) => name in schema.shape);
    const given = known.find((name) => set.has(name));
    if (given === undefined) return [];
    return known.filter((name) => !set.has(name)).map((name) => `${name}: not set, but ${given} is`);
  });
}
