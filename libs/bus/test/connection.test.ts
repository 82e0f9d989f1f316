import { type BusStatus, connectBus } from "@skytide/bus";
import { restartableNats, test } from "@skytide/testing";
import { expect } from "vitest";

test("a bus tells when its server goes and comes back, and ends when it is drained", async () => {
  const server = await restartableNats();
  const statuses: BusStatus["kind"][] = [];
  const bus = await connectBus({ servers: server.url, name: "test", onStatus: ({ kind }) => statuses.push(kind) });
  expect(bus.connected()).toBe(true);
  await server.kill();
  await expect.poll(() => bus.connected()).toBe(false);
  await server.start();
  await expect.poll(() => bus.connected(), { timeout: 5_000 }).toBe(true);
  expect(statuses.filter((kind) => kind === "connected" || kind === "disconnected")).toEqual([
    "disconnected",
    "connected",
  ]);
  await bus.drain();
  expect(await bus.closed).toBeUndefined();
  expect(bus.connected()).toBe(false);
});

test("a server that is not there is a retryable error that names the address and no password", async () => {
  const error = await connectBus({
    servers: "nats://brain:hunter2@127.0.0.1:9",
    name: "test",
    connectTimeoutMs: 0,
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "RetryableError", code: "log-unreachable" });
  expect(String(error)).toContain("nats://127.0.0.1:9");
  expect(String(error)).not.toContain("hunter2");
});

test("what is asked of a closed bus is a retryable error", async ({ nats }) => {
  const bus = await connectBus({ servers: nats.url, name: "test" });
  await bus.drain();
  await expect(bus.lastSequence("conv.a.b.inbound")).rejects.toMatchObject({ code: "connection-closed" });
});
