import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";

export type Environment = Readonly<Record<string, string | undefined>>;

const ROOT = join(import.meta.dirname, "..", "..", "..");
const operatorFileSchema = z.record(z.string(), z.string());

/**
 * What the commands read their settings from: the environment, then `.env`, then, where neither names a fleet, what the
 * fleet of `npm start` wrote down for its operator.
 */
export function environmentOf(env: Environment, root = ROOT): Environment {
  const given = { ...dotEnv(join(root, ".env")), ...env };
  const named = [given.NATS_URL, given.SUPABASE_URL].some((value) => value?.trim());
  if (named) return given;
  const path = join(resolve(given.SKYTIDE_DATA_DIR?.trim() || join(root, ".skytide")), "operator.json");
  return existsSync(path) ? { ...given, ...operatorFileSchema.parse(JSON.parse(readFileSync(path, "utf8"))) } : given;
}

function dotEnv(path: string): Environment {
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
}
