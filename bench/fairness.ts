// npm run bench:fairness: what 10,000 messages of one organization cost another one, with and without its share.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectBus, provision } from "@skytide/bus";
import { startNatsServer } from "@skytide/embedded";
import { type Case, measureCase, type Room } from "./fairness/measure-case.ts";
import { page } from "./fairness/report.ts";

const CASES: readonly Case[] = [
  { name: "alone", backlog: 0, perSecond: 0, fair: true, seconds: 15 },
  { name: "10,000 at 200 a second", backlog: 10_000, perSecond: 200, fair: true, seconds: 60 },
  { name: "the same without a share", backlog: 10_000, perSecond: 200, fair: false, seconds: 30 },
  { name: "10,000 as fast as the log takes them", backlog: 10_000, perSecond: 100_000, fair: true, seconds: 30 },
];

/** A log of its own for each case, so that none inherits the backlog of the one before. */
async function inRoom<Result>(work: (room: Room) => Promise<Result>): Promise<Result> {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-bench-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const nats = await startNatsServer({ dataDir, port: "free", monitorPort: "free" });
  opened.defer(() => nats.stop());
  const bus = await connectBus({ servers: nats.url, name: "bench" });
  opened.defer(() => bus.drain());
  await provision(bus, { maxBytes: 256 * 1024 * 1024 });
  return await work({ natsUrl: nats.url, bus });
}

const results = [];
for (const one of CASES) {
  console.log(`${one.name} …`);
  const result = await inRoom((room) => measureCase(room, one));
  console.log(JSON.stringify(result));
  results.push(result);
}
const text = page(results);
console.log(`\n${text}`);
