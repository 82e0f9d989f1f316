import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

interface Lock {
  packages: Record<string, { dev?: boolean; optional?: boolean; link?: boolean }>;
}

/** What is wrong with the files of an image, and how many packages it has. */
export interface Contents {
  packages: number;
  megabytes: number;
  wrong: string[];
}

const SECRETS = String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----|\bS[UAOX][A-Z2-7]{56}\b|\bsk-[A-Za-z0-9_-]{20,}`;

/** Looks through /app of a mounted image for what must not be shipped. */
export function lookInside(mounted: string): Contents {
  const app = join(mounted, "app");
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  const installed = list(app, "node_modules", ["-name", "package.json"])
    .map((path) => path.replace(/^.*node_modules\//, "").replace(/\/package\.json$/, ""))
    .filter((name) => /^(@[^/]+\/)?[^/]+$/.test(name));
  const devOnly = Object.entries(lock.packages)
    .filter(([path, { dev }]) => dev === true && !path.slice("node_modules/".length).includes("/node_modules/"))
    .map(([path]) => path.replace("node_modules/", ""));
  const wrong = [
    ...devOnly.filter((name) => existsSync(join(app, "node_modules", name))).map((name) => `devDependency ${name}`),
    ...[".git", ".env", ".skytide", "docs", "deploy", "bench", "examples"]
      .filter((name) => existsSync(join(app, name)))
      .map((name) => `folder ${name}`),
    ...list(app, ".", ["-not", "-path", "*/node_modules/*", "(", "-name", "*.test.ts", "-o", "-name", "test", ")"]),
    ...list(app, ".", ["-not", "-path", "*/node_modules/*", "-name", "*.env"]),
    ...secretsIn(app),
    ...(statSync(app).uid === 0 ? [] : ["/app does not belong to root"]),
  ];
  const megabytes = Number(execFileSync("du", ["-sm", app], { encoding: "utf8" }).split("\t")[0]);
  return { packages: new Set(installed).size, megabytes, wrong };
}

function list(app: string, folder: string, test: readonly string[]): string[] {
  const found = execFileSync("find", [folder, ...test], { cwd: app, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return found.split("\n").filter(Boolean);
}

/** Private keys, NATS seeds and keys of providers; grep ends with 1 where it finds none. */
function secretsIn(app: string): string[] {
  try {
    const args = ["-rlIE", "--exclude-dir=node_modules", "-e", SECRETS, "."];
    const found = execFileSync("grep", args, { cwd: app, encoding: "utf8" });
    return found
      .split("\n")
      .filter(Boolean)
      .map((path) => `a secret in ${path}`);
  } catch (error) {
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}
