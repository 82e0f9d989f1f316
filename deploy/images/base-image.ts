import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { has, run } from "./run.ts";

/** What the Dockerfile builds on. */
const BASE = "docker.io/library/node:24-bookworm-slim";

/** How the base image came to be here. */
export type BaseSource =
  | "there already"
  | "pulled"
  | "stand-in of Debian's debootstrap and this machine's Node and npm";

/** Makes sure of the base image: where no registry answers, of a stand-in with the same name and the same shape. */
export async function ensureBase(): Promise<BaseSource> {
  if (await succeeds("buildah", ["inspect", "--type", "image", BASE])) return "there already";
  if (await succeeds("buildah", ["pull", "--quiet", BASE])) return "pulled";
  if (!(await has("debootstrap")))
    throw new Error(`${BASE} cannot be pulled, and there is no debootstrap to make a stand-in.`);
  const root = await mkdtemp(join(tmpdir(), "skytide-base-"));
  try {
    await run("debootstrap", ["--variant=minbase", "bookworm", root]);
    await addNode(root);
    await commit(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return "stand-in of Debian's debootstrap and this machine's Node and npm";
}

/** The Node that runs this, and the npm beside the host's, at the places where the official image has them. */
async function addNode(root: string): Promise<void> {
  const modules = join(root, "usr/local/lib/node_modules");
  await mkdir(modules, { recursive: true });
  await cp(process.execPath, join(root, "usr/local/bin/node"), { dereference: true });
  await cp(join(await npmRoot(), "npm"), join(modules, "npm"), { recursive: true });
  for (const name of ["npm", "npx"])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, "usr/local/bin", name));
  await run("chroot", [root, "useradd", "--uid", "1000", "--user-group", "--create-home", "node"]);
}

async function npmRoot(): Promise<string> {
  return await run("npm", ["root", "--global", "--loglevel", "silent"]);
}

/** Authorities that this machine trusts beyond the usual ones (a proxy's) are needed inside a build, too. */
async function commit(root: string): Promise<void> {
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  const inside = "/etc/ssl/certs/ca-certificates.crt";
  const env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
  if (authorities !== undefined && existsSync(authorities)) {
    await mkdir(dirname(join(root, inside)), { recursive: true });
    await cp(authorities, join(root, inside), { dereference: true });
    env.push(`NODE_EXTRA_CA_CERTS=${inside}`);
  }
  const container = await run("buildah", ["from", "scratch"]);
  try {
    await run("buildah", ["add", "--quiet", container, root, "/"]);
    await run("buildah", ["config", ...env.flatMap((one) => ["--env", one]), "--cmd", "node", container]);
    await run("buildah", ["commit", "--quiet", container, BASE]);
  } finally {
    await run("buildah", ["rm", container]);
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return await run(command, args).then(
    () => true,
    () => false,
  );
}
