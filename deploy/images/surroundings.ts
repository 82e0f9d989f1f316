import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedDatabase, findNatsServer, startChild, startDatabase } from "@skytide/embedded";
import { freePort } from "../../tools/fleet/ports.ts";
import { composeService } from "./compose-file.ts";
import { type Container, type MountedImage, runContainer, startContainer } from "./container.ts";
import { ROOT } from "./root.ts";
import { has } from "./run.ts";

/** What the stages need around them, on this machine's own ports. */
export interface Surroundings {
  /** Addresses of docker-compose.yml and what stands for them here. */
  where: Readonly<Record<string, string>>;
  /** The folder of the NATS users' keys, as `skytide nats config` wrote it from its image. */
  keys: string;
  ports: { ingest: number; notifier: number; brain: number };
  database: EmbeddedDatabase;
  simulatorsUrl: string;
  simulators: Container;
  redis: boolean;
}

const READY_WITHIN_MS = 60_000;

/** Follows docker-compose.yml as far as images of our own go: accounts, NATS, its streams, the simulators; plus database and Redis. */
export async function startSurroundings(
  images: { tools: MountedImage; simulators: MountedImage },
  stack: AsyncDisposableStack,
): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), "skytide-images-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  // Containers are uid 1000 and read the keys.
  chmodSync(folder, 0o755);
  const [keys, accounts] = [join(folder, "keys"), join(folder, "accounts")];
  for (const path of [keys, accounts]) mkdirSync(path);
  await runContainer(images.tools, {
    ...toOptions("nats-accounts", {}),
    volumes: { "/keys": { host: keys, writable: true }, "/accounts": { host: accounts, writable: true } },
  });
  const natsUrl = await startNats(folder, stack);
  const database = await startDatabase({
    dataDir: join(folder, "database"),
    port: "free",
    seed: true,
    allowSql: true,
    useTemplate: true,
  });
  stack.defer(() => database.stop());
  const redisUrl = await startRedis(folder, stack);
  const ports = { ingest: await freePort(), notifier: await freePort(), brain: await freePort() };
  const simulatorsUrl = `http://127.0.0.1:${await freePort()}`;
  const where = {
    "nats://nats:4222": natsUrl,
    "redis://redis:6379": redisUrl ?? "",
    "http://gateway:8000": database.url,
    "http://simulators:8090": simulatorsUrl,
    "http://webhooks:8080": `http://127.0.0.1:${ports.ingest}`,
  };
  const volumes = { "/keys": { host: keys } };
  await runContainer(images.tools, { ...toOptions("provision", where), volumes });
  const simulators = await startSimulators(images.simulators, where, simulatorsUrl);
  stack.defer(async () => void (await simulators.stop()));
  return { where, keys, ports, database, simulatorsUrl, simulators, redis: redisUrl !== null };
}

function toOptions(service: string, where: Readonly<Record<string, string>>) {
  const { command, environment, user } = composeService(service, where);
  return { env: environment, ...(command ? { command } : {}), ...(user ? { user } : {}) };
}

/** The configuration of compose, on other ports and another folder. */
async function startNats(folder: string, stack: AsyncDisposableStack): Promise<string> {
  const [port, monitor] = [await freePort(), await freePort()];
  const config = readFileSync(join(ROOT, "deploy/compose/nats.conf"), "utf8")
    .replace("port: 4222", `host: "127.0.0.1"\nport: ${port}`)
    .replace("http: 8222", `http: "127.0.0.1:${monitor}"`)
    .replace("/data", join(folder, "nats"));
  writeFileSync(join(folder, "nats.conf"), config);
  const child = await startChild(findNatsServer(), ["--config", join(folder, "nats.conf")]);
  stack.defer(() => child.stop());
  await untilAnswers(`http://127.0.0.1:${monitor}/healthz`);
  return `nats://127.0.0.1:${port}`;
}

async function startRedis(folder: string, stack: AsyncDisposableStack): Promise<string | null> {
  if (!(await has("redis-server"))) return null;
  const port = await freePort();
  const child = await startChild("redis-server", [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--dir",
    folder,
  ]);
  stack.defer(() => child.stop());
  return `redis://127.0.0.1:${port}`;
}

async function startSimulators(image: MountedImage, where: Surroundings["where"], url: string): Promise<Container> {
  const { env } = toOptions("simulators", where);
  const own = { SIMULATORS_HOST: "127.0.0.1", SIMULATORS_PORT: new URL(url).port, SIMULATORS_PUBLIC_URL: url };
  const container = await startContainer(image, { env: { ...env, ...own } });
  await untilAnswers(`${url}/`, container);
  return container;
}

/** Waits for an address to answer without a server's error; a container that has ended is no longer waited for. */
export async function untilAnswers(url: string, container?: Container): Promise<void> {
  let ended = false;
  void container?.exited.then(() => {
    ended = true;
  });
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null && answer.status < 500) return;
    if (ended || performance.now() > deadline)
      throw new Error(`${url} does not answer.\n${container?.log().slice(-1_500) ?? ""}`);
    await pause(50);
  }
}
