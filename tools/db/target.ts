import { join, resolve } from "node:path";
import { DatabaseError } from "./database-error.ts";

/** Which database a command works on. */
export type Target = { kind: "embedded"; dataDir: string } | { kind: "postgres"; url: string };

/** `DATABASE_URL` names a Postgres; without it the database of `npm start` in this folder is meant. */
export function targetOf(env: Readonly<Record<string, string | undefined>>, root: string): Target {
  const url = env.DATABASE_URL?.trim();
  if (!url)
    return {
      kind: "embedded",
      dataDir: join(resolve(env.SKYTIDE_DATA_DIR?.trim() || join(root, ".skytide")), "database"),
    };
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new DatabaseError("DATABASE_URL must look like postgres://user:password@host:5432/database.");
  }
  return { kind: "postgres", url };
}

/** How a person recognizes it; without the password. */
export function describeTarget(target: Target): string {
  if (target.kind === "embedded") return `the embedded database in ${target.dataDir}`;
  const { username, hostname, port, pathname } = new URL(target.url);
  return `${pathname.slice(1) || "postgres"} on ${hostname || "localhost"}${port ? `:${port}` : ""}${username ? ` as ${decodeURIComponent(username)}` : ""}`;
}
