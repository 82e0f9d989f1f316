// npm run bench:webhook: how fast the webhook answers at a steady 200 calls a second.
import { spawn } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connectBus, provision } from "@skytide/bus";
import { startDatabase, startNatsServer } from "@skytide/embedded";
import { documentedBodies } from "@skytide/gupshup/testing";
import { freePort } from "../libs/testing/src/free-port.ts";
import { type Measured, measure } from "./webhook/load.ts";

const PER_SECOND = 200;
const SECONDS = 30;
const TARGET_MS = 50;
const root = join(import.meta.dirname, "..");

/** Messages and receipts of 500 customers as they come: no id twice, so that nothing is a duplicate that costs less. */
function bodies(): (index: number) => string {
  const shapes = documentedBodies("AuroraDemo")
    .filter(({ name }) => /text|tap|reply|image|audio|sent|delivered|read|enqueued/.test(name))
    .map(({ body }) => JSON.stringify(body));
  return (index) =>
    (shapes[index % shapes.length] ?? "")
      .replaceAll("573001110001", `57300${String(2_000_000 + (index % 500))}`)
      .replaceAll(/"(v[23]\.\d+|wamid\.TEST1|send-1|other-1)"/g, `"$1-${index}"`);
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await pause(100);
  }
  throw new Error("ingest did not become ready");
}

/** What one confirmed write costs on this disk, median: below its inverse no server that keeps its word can answer. */
async function diskWriteMs(folder: string): Promise<number> {
  const file = await open(join(folder, "probe"), "w");
  const times: number[] = [];
  for (let round = 0; round < 100; round += 1) {
    const began = performance.now();
    await file.write(Buffer.alloc(800));
    await file.sync();
    times.push(performance.now() - began);
  }
  await file.close();
  return times.sort((one, other) => one - other)[50] ?? Number.NaN;
}

const quantile = ({ times }: Measured, part: number) => times[Math.floor((times.length - 1) * part)] ?? Number.NaN;

function page(measured: Measured, writeMs: number): string {
  const [cpu] = cpus();
  const ms = (part: number) => `${quantile(measured, part).toFixed(1)} ms`;
  const p99 = quantile(measured, 0.99);
  const answers = [...measured.statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
  return `# The webhook's answer, measured

Made by \`npm run bench:webhook\` on ${new Date().toISOString().slice(0, 10)}. It needs nothing.

- ${cpu?.model.trim() ?? "an unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}
- load average of the last minute, this measurement included: ${loadavg()[0]?.toFixed(1)}
- a write that is on the disk (fsync), median just before: ${writeMs.toFixed(1)} ms, so at most ${Math.floor(1000 / writeMs)} confirmed messages a second

One ingest process with all its roles (webhook, relay, recorder), the real nats-server (it writes each message to the disk before it confirms, \`sync_interval: always\`)
and the embedded Postgres; all of them and the caller share the cores above. ${PER_SECOND} calls a second for ${SECONDS} s, on time whatever the answers take:
texts, taps, media and receipts of 500 customers in both formats. A call's time counts from the moment at which it was due, until the answer was
read; 200 means that the event stands on the log.

| calls | answers | median | p95 | p99 | slowest | target: p99 ≤ ${TARGET_MS} ms |
|---:|---|---:|---:|---:|---:|---|
| ${measured.times.length} | ${answers} | ${ms(0.5)} | ${ms(0.95)} | ${ms(0.99)} | ${ms(1)} | ${p99 <= TARGET_MS ? "met" : "**missed**"} |
`;
}

await using stack = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "skytide-bench-"));
stack.defer(() => rm(folder, { recursive: true, force: true }));
const nats = await startNatsServer({ dataDir: join(folder, "nats"), port: "free", monitorPort: "free" });
stack.defer(() => nats.stop());
const bus = await connectBus({ servers: nats.url, name: "bench" });
await provision(bus, { maxBytes: 256 * 2 ** 20 });
await bus.drain();
const database = await startDatabase({
  dataDir: join(folder, "database"),
  port: await freePort(),
  seed: true,
  useTemplate: true,
});
stack.defer(() => database.stop());
const [gateway, admin] = [await freePort(), await freePort()];
const ingest = spawn(process.execPath, [join(root, "services/ingest/src/main.ts")], {
  env: {
    PATH: process.env.PATH,
    ...{
      NATS_URL: nats.url,
      SUPABASE_URL: database.url,
      SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    },
    ...{ CHAT_HASH_KEYS: "b1:a-secret-of-the-benchmark", GATEWAY_HOST: "127.0.0.1", GATEWAY_PORT: String(gateway) },
    ...{ ADMIN_HOST: "127.0.0.1", ADMIN_PORT: String(admin), LOG_LEVEL: "info" },
  },
  stdio: ["ignore", "ignore", "inherit"],
});
stack.defer(async () => {
  ingest.kill("SIGTERM");
  await new Promise((resolve) => ingest.once("exit", resolve));
});
await untilReady(`http://127.0.0.1:${admin}`);
const url = `http://127.0.0.1:${gateway}/webhooks/gupshup`;
const body = bodies();
// Caches fill and code is compiled; not counted.
await measure({ url, perSecond: 50, seconds: 4, body: (index) => body(1_000_000 + index) });
const writeMs = await diskWriteMs(folder);
const text = page(await measure({ url, perSecond: PER_SECOND, seconds: SECONDS, body }), writeMs);
console.log(text);
await writeFile(join(root, "docs", "benchmarks", "webhook.md"), text);
