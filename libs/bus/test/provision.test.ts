import { connectBus, provision } from "@skytide/bus";
import { restartableNats, test } from "@skytide/testing";
import { connect, headers } from "nats";
import { expect } from "vitest";

/** What the `bus` fixture provisions with. */
const limits = { maxBytes: 64 * 1024 * 1024 };

test("everything is created once, and a second run changes nothing", async ({ nats }) => {
  const bus = await connectBus({ servers: nats.url, name: "test" });
  const first = await provision(bus, limits);
  expect(first.created).toHaveLength(24);
  const second = await provision(bus, limits);
  expect(second).toEqual({ created: [], unchanged: first.created, drift: [] });
  await bus.drain();
});

test("stages that provision at the same time do not disturb each other", async () => {
  const server = await restartableNats();
  const buses = await Promise.all(Array.from({ length: 5 }, () => connectBus({ servers: server.url, name: "test" })));
  const reports = await Promise.all(buses.map((bus) => provision(bus, limits)));
  expect(reports.every(({ drift }) => drift.length === 0)).toBe(true);
  await Promise.all(buses.map((bus) => bus.drain()));
});

test("a changed limit and a changed consumer are reported, and corrected only when asked", async ({ nats, bus }) => {
  const admin = await connect({ servers: nats.url });
  const manager = await admin.jetstreamManager();
  await manager.streams.update("OPERATIONS", { max_age: 1_000_000_000_000 });
  await manager.consumers.update("CONVERSATIONS", "recorder", { ack_wait: 99_000_000_000 });

  const seen = await provision(bus, limits);
  expect(seen.drift).toMatchObject([
    { kind: "stream", name: "OPERATIONS", field: "max_age", found: 1_000_000_000_000, applied: false },
    { kind: "consumer", name: "CONVERSATIONS/recorder", field: "ack_wait", found: 99_000_000_000, applied: false },
  ]);

  const corrected = await provision(bus, { ...limits, apply: true });
  expect(corrected.drift.map(({ applied }) => applied)).toEqual([true, true]);
  expect((await provision(bus, limits)).drift).toEqual([]);
  await admin.close();
});

test("a difference whose correction would delete messages is left alone", async ({ bus }) => {
  const report = await provision(bus, { maxBytes: 1_000_000, apply: true });
  expect(report.drift).toMatchObject([
    { name: "CONVERSATIONS", field: "max_bytes", wanted: 1_000_000, applied: false },
    { name: "DEADLETTERS", field: "max_bytes", wanted: 1_000_000, applied: false },
    { name: "OPERATIONS", field: "max_bytes", wanted: 1_000_000, applied: false },
  ]);
});

test("a publisher of the log cannot use the headers that wipe or schedule", async ({ nats, bus }) => {
  const before = (await bus.streamInfo("CONVERSATIONS")).lastSequence;
  const outsider = await connect({ servers: nats.url });
  const jetStream = outsider.jetstream();
  for (const [name, value] of [
    ["Nats-Rollup", "all"],
    ["Nats-Schedule", "@every 1s"],
    ["Nats-TTL", "1s"],
  ] as const) {
    const fields = headers();
    fields.set(name, value);
    await expect(jetStream.publish("conv.a.b.inbound", "{}", { headers: fields })).rejects.toThrow();
  }
  expect((await bus.streamInfo("CONVERSATIONS")).lastSequence).toBe(before);
  await outsider.close();
});
