import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectBus, provision } from "@skytide/bus";
import { startNatsServer } from "@skytide/embedded";
import { onTestFinished } from "vitest";

/** A nats-server with all streams on a disk of its own that can be filled to the last byte. */
export interface NatsOnSmallDisk {
  url: string;
  monitorUrl: string;
  fill(): Promise<void>;
  /** Makes room and starts the server again: a stream that met a full disk takes nothing until then. */
  repair(): Promise<void>;
}

const DISK_MB = 40;
const STREAM_BYTES = 4 * 1_048_576;

/** Why there can be no small disk here; undefined where there can. */
export function smallDiskMissing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "only root on Linux mounts a small disk";
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "this machine lets nobody mount a small disk";
  }
}

/** Starts it; everything goes away with the test. */
export async function natsOnSmallDisk(): Promise<NatsOnSmallDisk> {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-small-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "tmpfs", dataDir]);
  const filler = join(dataDir, "filler");
  let server = await startNatsServer({ dataDir, port: "free", monitorPort: "free" });
  onTestFinished(async () => {
    await server.kill();
    execFileSync("umount", [dataDir]);
    await rm(dataDir, { recursive: true, force: true });
  });
  const { url, monitorUrl, port } = server;
  const bus = await connectBus({ servers: url, name: "test" });
  await provision(bus, { maxBytes: STREAM_BYTES });
  await bus.drain();
  return {
    url,
    monitorUrl,
    fill: () => untilFull(filler),
    async repair() {
      await rm(filler);
      await server.kill();
      server = await startNatsServer({ dataDir, port, monitorPort: Number(new URL(monitorUrl).port) });
    },
  };
}

async function untilFull(path: string): Promise<void> {
  const failure = await writeFile(path, Buffer.alloc((DISK_MB + 1) * 1_048_576)).catch((error: unknown) => error);
  if (!(failure instanceof Error) || !("code" in failure) || failure.code !== "ENOSPC") throw failure;
}
