import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tagOf } from "./build.ts";
import { run } from "./run.ts";

/** An image that is mounted, and what its Dockerfile says of running it. */
export interface MountedImage {
  name: string;
  root: string;
  command: string[];
  env: string[];
  user: string;
  unmount(): Promise<void>;
}

export interface ContainerOptions {
  env?: Readonly<Record<string, string>>;
  /** Instead of the image's own. */
  command?: readonly string[];
  user?: string;
  /** Folders of the host by their place in the container. */
  volumes?: Readonly<Record<string, { host: string; writable?: boolean }>>;
}

/** A process 1 in namespaces of its own. */
export interface Container {
  readonly name: string;
  /** The exit code; as the runtime gives it, 128 and more for a signal. */
  readonly exited: Promise<number>;
  log(): string;
  /** Sends the signal to process 1 itself and waits for the end; gives milliseconds and code. */
  stop(signal?: NodeJS.Signals): Promise<{ ms: number; code: number }>;
  /** Runs a command beside process 1, as `kubectl exec` does; throws where it fails. */
  exec(...command: string[]): Promise<string>;
  residentMegabytes(): Promise<number>;
}

const running = new Set<string>();
const mounted = new Set<string>();

/** Ends every container and mount of this process at once: what a Ctrl-C leaves time for. */
export function endAll(): void {
  for (const id of running) spawnSync("runc", ["delete", "--force", id]);
  for (const id of mounted) spawnSync("buildah", ["rm", id]);
}

/** Mounts a built image. */
export async function mountImage(name: string): Promise<MountedImage> {
  const id = await run("buildah", ["from", "--pull-never", tagOf(name)]);
  mounted.add(id);
  const root = await run("buildah", ["mount", id]);
  const { config } = (JSON.parse(await run("buildah", ["inspect", "--type", "image", tagOf(name)])) as Inspected).OCIv1;
  const unmount = async () => {
    await run("buildah", ["rm", id]);
    mounted.delete(id);
  };
  return { name, root, command: config.Cmd ?? [], env: config.Env ?? [], user: config.User ?? "0:0", unmount };
}

interface Inspected {
  OCIv1: { config: { Cmd?: string[]; Env?: string[]; User?: string } };
}

let started = 0;

/** Starts a container by runc, as Docker and Kubernetes do: read-only root, tmpfs on /tmp, no capability, the host's network. */
export async function startContainer(image: MountedImage, options: ContainerOptions = {}): Promise<Container> {
  const bundle = await mkdtemp(join(tmpdir(), "skytide-bundle-"));
  started += 1;
  const id = `skytide-${process.pid}-${started}-${image.name}`;
  await writeFile(join(bundle, "config.json"), JSON.stringify(specOf(image, options)));
  const log = join(bundle, "log");
  const output = openSync(log, "w");
  const child = spawn("runc", ["run", "--bundle", bundle, id], { stdio: ["ignore", output, output] });
  closeSync(output);
  running.add(id);
  let words = "";
  const exited = once(child, "exit").then(async ([code]) => {
    running.delete(id);
    words = readFileSync(log, "utf8");
    await rm(bundle, { recursive: true, force: true });
    return Number(code ?? -1);
  });
  const pid = async () => (JSON.parse(await run("runc", ["state", id])) as { pid: number }).pid;
  return {
    name: image.name,
    exited,
    log: () => words || readFileSync(log, "utf8"),
    async stop(signal = "SIGTERM") {
      const target = await pid();
      const began = performance.now();
      process.kill(target, signal);
      const code = await exited;
      return { ms: performance.now() - began, code };
    },
    exec: async (...command) => await run("runc", ["exec", id, ...command]),
    async residentMegabytes() {
      const status = readFileSync(`/proc/${await pid()}/status`, "utf8");
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
    },
  };
}

/** Runs a container to its end; throws with its words where it fails. */
export async function runContainer(image: MountedImage, options: ContainerOptions): Promise<string> {
  const container = await startContainer(image, options);
  const code = await container.exited;
  if (code !== 0) throw new Error(`${image.name} ended with ${code}:\n${container.log().slice(-1_500)}`);
  return container.log();
}

function specOf(
  image: MountedImage,
  { env = {}, command = image.command, user = image.user, volumes = {} }: ContainerOptions,
) {
  const [uid = 0, gid = 0] = user.split(":").map(Number);
  const none = { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] };
  const binds = Object.entries(volumes).map(([destination, { host, writable = false }]) => ({
    destination,
    type: "bind",
    source: host,
    options: ["bind", writable ? "rw" : "ro"],
  }));
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: false,
      user: { uid, gid },
      args: command,
      env: [...image.env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      cwd: "/app",
      noNewPrivileges: true,
      // Root of the compose file's one setup command owns the volumes it writes; it needs no capability either.
      capabilities: none,
    },
    root: { path: image.root, readonly: true },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=65536"] },
      { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777", "size=64m"] },
      ...binds,
    ],
    linux: { namespaces: ["pid", "mount", "ipc", "uts"].map((type) => ({ type })) },
  };
}
