import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GenericContainer, Network, type StartedTestContainer, Wait } from "testcontainers";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "..", "..");
/** The first start of Supabase's image makes its cluster. */
const START_LIMIT_MS = 180_000;

/** Starts NATS, Redis, Postgres and PostgREST as docker-compose.yml names them; gives the settings by which fixtures find them. */
export async function startTestServers(
  stack: AsyncDisposableStack,
  note: (line: string) => void,
): Promise<Record<string, string>> {
  const password = randomBytes(16).toString("hex");
  const jwtSecret = randomBytes(24).toString("hex");
  const network = await new Network().start();
  stack.defer(async () => void (await network.stop()));
  const start = async (service: string, prepare: (container: GenericContainer) => GenericContainer) => {
    const image = imageOf(service);
    const began = performance.now();
    const prepared = prepare(new GenericContainer(image).withStartupTimeout(START_LIMIT_MS));
    const container = await prepared.withNetwork(network).withNetworkAliases(service).start();
    stack.defer(async () => void (await container.stop()));
    note(`${service}: ${image} after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    return container;
  };
  const nats = await start("nats", (container) =>
    container
      .withCommand(["--jetstream", "--store_dir", "/tmp/store", "--port", "4222", "--http_port", "8222"])
      .withExposedPorts(4222, 8222)
      .withWaitStrategy(Wait.forHttp("/healthz", 8222)),
  );
  const redis = await start("redis", (container) => container.withExposedPorts(6379));
  const postgres = await start("postgres", (container) =>
    container
      .withEnvironment({ POSTGRES_PASSWORD: password })
      .withCopyFilesToContainer([
        {
          source: join(ROOT, "deploy/compose/roles.sql"),
          target: "/docker-entrypoint-initdb.d/init-scripts/99-roles.sql",
        },
      ])
      .withExposedPorts(5432)
      // By TCP: while the cluster is made it answers on its socket already. A command and no health check: Podman runs none
      // without systemd.
      .withWaitStrategy(Wait.forSuccessfulCommand("pg_isready -U postgres -h 127.0.0.1")),
  );
  const postgrest = await start("postgrest", (container) =>
    container
      .withEnvironment({
        PGRST_DB_URI: `postgres://authenticator:${password}@postgres:5432/postgres`,
        PGRST_DB_SCHEMAS: "public",
        PGRST_DB_ANON_ROLE: "anon",
        PGRST_JWT_SECRET: jwtSecret,
      })
      .withExposedPorts(3000)
      .withWaitStrategy(Wait.forListeningPorts()),
  );
  return {
    SKYTIDE_TEST_NATS_URL: `nats://${addressOf(nats, 4222)}`,
    SKYTIDE_TEST_NATS_MONITOR_URL: `http://${addressOf(nats, 8222)}`,
    SKYTIDE_TEST_REDIS_URL: `redis://${addressOf(redis, 6379)}`,
    SKYTIDE_TEST_POSTGREST_URL: `http://${addressOf(postgrest, 3000)}`,
    SKYTIDE_TEST_DATABASE_URL: `postgres://postgres:${password}@${addressOf(postgres, 5432)}/postgres`,
    SKYTIDE_TEST_JWT_SECRET: jwtSecret,
  };
}

function addressOf(container: StartedTestContainer, port: number): string {
  return `${container.getHost()}:${container.getMappedPort(port)}`;
}

/** The same image as production's compose file: what is tested is what runs. */
function imageOf(service: string): string {
  const file = parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true }) as {
    services: Record<string, { image?: string }>;
  };
  const image = file.services[service]?.image;
  if (image === undefined) throw new Error(`docker-compose.yml has no image of ${service}.`);
  return image;
}
