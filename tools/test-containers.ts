// npm run test:containers: the integration suites against the images of docker-compose.yml; "skipped" where no engine answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { getContainerRuntimeClient } from "testcontainers";
import { startTestServers } from "./containers/start-test-servers.ts";

/** What speaks to servers through the fixtures `nats`, `bus`, `redisUrl` and `database`. */
const SUITES = ["libs/bus/test", "libs/coordination/test/contract.test.ts", "libs/store/test"];
/** These have servers of their own whatever is given. */
const OWN_SERVERS = "libs/store/test/{free-time,migrations,races,tenancy}.test.ts";

const engine = await getContainerRuntimeClient().catch((error: unknown) => error);
if (engine instanceof Error) {
  process.stdout.write("skipped: no Docker engine answers here (DOCKER_HOST, or the socket of Docker or Podman).\n");
} else {
  await using stack = new AsyncDisposableStack();
  const env = await startTestServers(stack, (line) => process.stdout.write(`${line}\n`));
  // The servers are shared: one file at a time.
  const args = ["node_modules/vitest/vitest.mjs", "run", "--no-file-parallelism", "--exclude", OWN_SERVERS, ...SUITES];
  const tests = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...env } });
  const [code] = await once(tests, "exit");
  process.exitCode = Number(code ?? 1);
}
