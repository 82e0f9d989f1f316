import { connectBus, provision } from "@skytide/bus";
import { connectCoordination } from "@skytide/coordination";
import { restartableNats, test } from "@skytide/testing";
import { expect } from "vitest";

test("after a crash of the nats-server leases, journals and limits go on", async ({ stack }) => {
  const nats = await restartableNats();
  const bus = await connectBus({ servers: nats.url, name: "test" });
  stack.defer(() => bus.drain());
  await provision(bus, { maxBytes: 64 * 1024 * 1024 });
  const { close, journals, leases, limits } = await connectCoordination({ bus });
  stack.defer(() => close());
  const rate = { tokens: 1, perMs: 60_000, burst: 1 };
  await leases.acquire("org.held");
  await (await journals.open("org.turn")).append({ kind: "clock", result: 1 });
  await limits.take("org.number", rate);

  await nats.kill();
  await nats.start();

  expect(await leases.acquire("org.other")).not.toBeNull();
  expect(await leases.acquire("org.held")).toBeNull();
  expect((await journals.open("org.turn")).entries).toEqual([{ kind: "clock", result: 1 }]);
  expect(await limits.take("org.number", rate)).toMatchObject({ kind: "wait" });
});
