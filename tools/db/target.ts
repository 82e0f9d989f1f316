import { join, resolve } from "node:path";
import { DatabaseError } from "./database-error.ts";

/** A Postgres server's address in its parts; `URL` knows no address without a host, as a Unix socket has it. */
export interface ServerAddress {
  url: string;
  user: string;
  password: string;
  host: string;
  database: string;
}

/** Which database a command works on. */
export type Target = { kind: "embedded"; dataDir: string } | { kind: "postgres"; server: ServerAddress };

const ADDRESS =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<host>[^/?]*)(?:\/(?<database>[^?]*))?(?:\?.*)?$/;

/** `DATABASE_URL` names a Postgres; without it the database of `npm start` in this folder is meant. */
export function targetOf(env: Readonly<Record<string, string | undefined>>, root: string): Target {
  const url = env.DATABASE_URL?.trim();
  if (!url) {
    const folder = resolve(env.SKYTIDE_DATA_DIR?.trim() || join(root, ".skytide"));
    return { kind: "embedded", dataDir: join(folder, "database") };
  }
  const found = ADDRESS.exec(url)?.groups;
  if (!found) throw new DatabaseError("DATABASE_URL must look like postgres://user:password@host:5432/database.");
  const part = (name: string) => decodeURIComponent(found[name] ?? "");
  return {
    kind: "postgres",
    server: { url, user: part("user"), password: part("password"), host: part("host"), database: part("database") },
  };
}

/** How a person recognizes it; without the password. */
export function describeTarget(target: Target): string {
  if (target.kind === "embedded") return `the embedded database in ${target.dataDir}`;
  const { user, host, database } = target.server;
  return `${database || "postgres"} on ${host || "this machine"}${user ? ` as ${user}` : ""}`;
}
