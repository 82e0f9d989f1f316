import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bus, connectBus, provision } from "@skytide/bus";
import { type NatsServer, startNatsServer } from "@skytide/embedded";
// biome-ignore lint/style/noRestrictedImports: only a test empties a whole server
import { connect } from "nats";
import { type GivenServers, givenServers } from "./given-servers.ts";

interface Cleanup {
  onCleanup(stop: () => Promise<void>): void;
}

/** A nats-server of the test file's own, on a folder that goes away with it; the streams are not there yet. */
export async function natsFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: Cleanup,
): Promise<NatsServer> {
  const given = givenServers().nats;
  if (given) {
    emptied ??= empty(given.url);
    await emptied;
    return useGivenNats(given);
  }
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

/** Once per test file, however many of its `test.extend` ask for the fixture. */
let emptied: Promise<void> | undefined;

/** As a server of one's own begins: what an earlier file left in the log goes. */
async function empty(url: string): Promise<void> {
  const connection = await connect({ servers: url });
  const manager = await connection.jetstreamManager();
  for (const name of await manager.streams.names().next()) await manager.streams.delete(name);
  await connection.close();
}

function useGivenNats({ url, monitorUrl }: NonNullable<GivenServers["nats"]>): NatsServer {
  const notOurs = async () => {
    throw new Error("this nats-server is given: a test does not end it");
  };
  const port = Number(new URL(url).port);
  return { url, monitorUrl, port, pid: 0, exited: new Promise(() => {}), stop: notOurs, kill: notOurs };
}
