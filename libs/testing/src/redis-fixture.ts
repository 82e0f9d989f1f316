import { access, constants, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startChild } from "@skytide/embedded";
import { givenServers } from "./given-servers.ts";

const READY_WITHIN_MS = 10_000;

/** A redis-server of the test file's own or the given one, or undefined where none is on the PATH: such tests say that they are skipped. */
export async function redisFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: { onCleanup(stop: () => Promise<void>): void },
): Promise<string | undefined> {
  const { redisUrl } = givenServers();
  if (redisUrl) return redisUrl;
  const binary = await findOnPath("redis-server");
  if (!binary) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "skytide-redis-"));
  // Redis cannot choose a port by itself; a Unix socket needs none.
  const socket = join(folder, "redis.sock");
  const child = await startChild(binary, ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]);
  onCleanup(async () => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (
    !(await access(socket).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error("redis-server was not ready in time");
    await pause(20);
  }
  return socket;
}

async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
