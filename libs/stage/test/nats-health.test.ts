import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics } from "@skytide/telemetry";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchServers } from "../src/nats-health.ts";

/** A monitoring port whose plain /healthz answers so, and whose probes' questions are all well. */
async function monitoring(status: number): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/healthz" ? status : 200).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a server that cannot write is shown unhealthy, and so is one that does not answer", async () => {
  const metrics = createMetrics({ version: "0", processMetrics: false });
  const [well, frozen, away] = [await monitoring(200), await monitoring(503), "127.0.0.1:1"];
  const stop = new AbortController();
  const watching = watchServers(metrics, [well, frozen, away].map((host) => `http://${host}`).join(), stop.signal);
  const of = (server: string, body: string) =>
    new RegExp(`skytide_nats_server_healthy\\{server="${server}"\\} (\\d)`).exec(body)?.[1];
  await vi.waitFor(async () => {
    const { body } = await metrics.exposition();
    expect([of(well, body), of(frozen, body), of(away, body)]).toEqual(["1", "0", "0"]);
  });
  stop.abort();
  await watching;
});

test("without addresses nothing is asked and nothing is shown", async () => {
  const metrics = createMetrics({ version: "0", processMetrics: false });
  await watchServers(metrics, undefined, new AbortController().signal);
  expect((await metrics.exposition()).body).not.toMatch(/^skytide_nats_server_healthy\{/m);
});
