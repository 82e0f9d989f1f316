import { createServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { checkPorts, freePort, freePorts } from "../ports.ts";

async function occupy(): Promise<number> {
  const server: Server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return port;
}

test("one sentence names every port that is taken, and the setting that moves it", async () => {
  const [first, second, free] = [await occupy(), await occupy(), await freePort()];
  const wanted = [
    { port: first, part: "webhooks", setting: "GATEWAY_PORT" },
    { port: free, part: "database", setting: "DATABASE_PORT" },
    { port: second, part: "nats-server", setting: "NATS_PORT" },
  ];
  await expect(checkPorts(wanted)).rejects.toThrow(
    `Ports ${first} (webhooks, GATEWAY_PORT), ${second} (nats-server, NATS_PORT) are in use by another program. Stop them, or`,
  );
  await expect(checkPorts(wanted.slice(1, 2))).resolves.toBeUndefined();
});

test("free ports are all different", async () => {
  const ports = await freePorts();
  const all = [...Object.values(ports).filter((port) => typeof port === "number"), ...Object.values(ports.admin)];
  expect(new Set(all).size).toBe(12);
});
