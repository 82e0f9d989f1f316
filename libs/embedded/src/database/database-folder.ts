import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createToken } from "./gateway-keys.ts";

export interface DatabaseKeys {
  jwtSecret: string;
  serviceRoleKey: string;
  anonKey: string;
}

/** Where the parts of a data folder are. */
export function databasePaths(dataDir: string) {
  return {
    rows: join(dataDir, "postgres"),
    files: join(dataDir, "storage"),
    keys: join(dataDir, "keys.json"),
    run: join(dataDir, "run"),
    /** Says which port the process of that pid has taken. */
    port: (pid: number) => join(dataDir, "run", `database_${pid}.json`),
  };
}

/** The keys of a data folder, made at its first start; they stay the same from then on. */
export async function loadKeys(dataDir: string): Promise<DatabaseKeys> {
  const { keys: path } = databasePaths(dataDir);
  await mkdir(dataDir, { recursive: true });
  const jwtSecret = (await readSecret(path)) ?? (await writeSecret(path));
  return {
    jwtSecret,
    serviceRoleKey: createToken({ iss: "skytide", role: "service_role" }, jwtSecret),
    anonKey: createToken({ iss: "skytide", role: "anon" }, jwtSecret),
  };
}

async function readSecret(path: string): Promise<string | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "jwtSecret" in value && typeof value.jwtSecret === "string")
    return value.jwtSecret;
  throw new Error(`The file ${path} holds no key. Delete the data folder to start afresh.`);
}

async function writeSecret(path: string): Promise<string> {
  const jwtSecret = randomBytes(32).toString("base64url");
  await writeFile(`${path}.new`, JSON.stringify({ jwtSecret }), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return jwtSecret;
}
