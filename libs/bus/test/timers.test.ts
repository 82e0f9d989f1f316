import { type Bus, type BusMessage, connectBus, provision } from "@skytide/bus";
import { dueSubject, timerSubject } from "@skytide/events";
import { newConversation, restartableNats, test } from "@skytide/testing";
import { expect } from "vitest";

function newTimer() {
  const { organizationId, chat } = newConversation();
  return { subject: timerSubject("turn", organizationId, chat), target: dueSubject("turn", organizationId, chat) };
}

/** Takes due messages until one of the wanted subject comes; the others are acked. */
async function nextDue(bus: Bus, subject: string): Promise<BusMessage> {
  const consumer = bus.consume({ stream: "TIMERS", durable: "brain", prefetch: 10 });
  try {
    for await (const message of consumer) {
      await message.ack();
      if (message.subject === subject) return message;
    }
    throw new Error("the consumer ended");
  } finally {
    await consumer.stop();
  }
}

const inMs = (ms: number) => new Date(Date.now() + ms);

test("a timer fires once on its target with its own headers and not the schedule's", async ({ bus }) => {
  const { subject, target } = newTimer();
  const at = inMs(300);
  await bus.schedule({ subject, target, at, headers: { "Skytide-First-At": "2026-01-01T00:00:00Z" } });
  const fired = await nextDue(bus, target);
  expect(fired.publishedAt.getTime()).toBeGreaterThanOrEqual(at.getTime());
  expect(fired.headers["Skytide-First-At"]).toBe("2026-01-01T00:00:00Z");
  expect(fired.headers["Nats-Schedule"]).toBeUndefined();
  expect(await bus.readTimer(subject)).toBeNull();
});

test("a timer moves when it is scheduled again", async ({ bus }) => {
  const { subject, target } = newTimer();
  await bus.schedule({ subject, target, at: inMs(300), headers: { "Skytide-First-At": "one" } });
  const at = inMs(1_200);
  await bus.schedule({ subject, target, at, headers: { "Skytide-First-At": "two" } });
  expect(await bus.readTimer(subject)).toEqual({ at, headers: { "Skytide-First-At": "two" } });
  const fired = await nextDue(bus, target);
  expect(fired.publishedAt.getTime()).toBeGreaterThanOrEqual(at.getTime());
  expect(fired.headers["Skytide-First-At"]).toBe("two");
  expect(await bus.lastSequence(target)).toBe(fired.sequence);
});

test("a pending timer stays as it is when it is only armed if absent", async ({ bus }) => {
  const { subject, target } = newTimer();
  const at = inMs(60_000);
  await bus.schedule({ subject, target, at });
  await bus.schedule({ subject, target, at: inMs(1), ifAbsent: true });
  expect(await bus.readTimer(subject)).toEqual({ at, headers: {} });
  await bus.cancel(subject);
  await bus.schedule({ subject, target, at, ifAbsent: true });
  expect(await bus.readTimer(subject)).not.toBeNull();
  await bus.cancel(subject);
});

test("a cancelled timer does not fire", async ({ bus }) => {
  const cancelled = newTimer();
  const later = newTimer();
  await bus.schedule({ ...cancelled, at: inMs(400) });
  await bus.schedule({ ...later, at: inMs(900) });
  await bus.cancel(cancelled.subject);
  expect(await bus.readTimer(cancelled.subject)).toBeNull();
  await nextDue(bus, later.target);
  expect(await bus.lastSequence(cancelled.target)).toBe(0);
});

test("firing directly needs no timer", async ({ bus }) => {
  const { target } = newTimer();
  await bus.fire(target, { "Skytide-First-At": "now" });
  expect((await nextDue(bus, target)).headers["Skytide-First-At"]).toBe("now");
});

test("a timer survives a kill -9 of the server and fires afterwards", async () => {
  const server = await restartableNats();
  const bus = await connectBus({ servers: server.url, name: "test" });
  await provision(bus, { maxBytes: 1_000_000 });
  const overdue = newTimer();
  const pending = newTimer();
  await bus.schedule({ ...overdue, at: inMs(300) });
  await bus.schedule({ ...pending, at: inMs(3_000) });
  await server.kill();
  await server.start();
  await nextDue(bus, overdue.target);
  const fired = await nextDue(bus, pending.target);
  expect(fired.redelivered).toBe(0);
  await bus.drain();
});
