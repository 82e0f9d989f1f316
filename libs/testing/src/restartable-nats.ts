import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@skytide/embedded";
import { onTestFinished } from "vitest";

export interface RestartableNats {
  url: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A nats-server that can crash and come back on the same port and folder; removed with the test that starts it. */
export async function restartableNats(): Promise<RestartableNats> {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-nats-"));
  let server = await startNatsServer({ dataDir, port: "free", monitorPort: "free" });
  const { url, port } = server;
  const remove = async () => {
    await server.kill();
    await rm(dataDir, { recursive: true, force: true });
  };
  onTestFinished(remove);
  return {
    url,
    kill: () => server.kill(),
    async start() {
      server = await startNatsServer({ dataDir, port, monitorPort: "free" });
    },
  };
}
