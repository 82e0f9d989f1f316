import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bus, connectBus, provision } from "@skytide/bus";
import { type NatsServer, startNatsServer } from "@skytide/embedded";

interface Cleanup {
  onCleanup(stop: () => Promise<void>): void;
}

/** A nats-server of the test file's own, on a folder that goes away with it; the streams are not there yet. */
export async function natsFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: Cleanup,
): Promise<NatsServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-nats-"));
  const server = await startNatsServer({ dataDir, port: "free", monitorPort: "free" });
  onCleanup(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return server;
}

/** A connection to that server with all streams and consumers provisioned. */
export async function busFixture({ nats }: { nats: NatsServer }, { onCleanup }: Cleanup): Promise<Bus> {
  const bus = await connectBus({ servers: nats.url, name: "test" });
  onCleanup(() => bus.drain());
  await provision(bus, { maxBytes: 64 * 1024 * 1024 });
  return bus;
}
