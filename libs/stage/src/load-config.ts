import type { z } from "zod";

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
  const names = Object.keys(schema.shape);
  const set = names.flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : []));
  const parsed = schema.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => describeIssue(schema, issue, new Set(set.map(([name]) => name ?? "")))),
  );
}

function describeIssue(schema: z.ZodObject, issue: z.core.$ZodIssue, set: ReadonlySet<string>): string {
  const name = String(issue.path[0] ?? "settings");
  const description = schema.shape[name]?.description;
  const about = description ? ` (${description})` : "";
  if (issue.path.length > 0 && !set.has(name)) return `${name}: not set${about}`;
  return `${name}: ${issue.message}${about}`;
}
