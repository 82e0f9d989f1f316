import { type Bus, type BusMessage, connectBus, provision } from "@skytide/bus";
import { messageReceived, newConversation, restartableNats, test } from "@skytide/testing";
import { AckPolicy, connect, DeliverPolicy } from "nats";
import { expect } from "vitest";

const media = { stream: "CONVERSATIONS", durable: "media" };

async function freshBus(url: string): Promise<Bus> {
  const bus = await connectBus({ servers: url, name: "test" });
  await provision(bus, { maxBytes: 1_000_000 });
  return bus;
}

/** Acks everything that comes until stopped. */
async function follow(messages: AsyncIterable<BusMessage>, seen: BusMessage[]): Promise<void> {
  for await (const message of messages) {
    seen.push(message);
    await message.ack();
  }
}

test("a message carries its event, sequence, time and headers", async ({ bus }) => {
  const event = messageReceived(newConversation());
  const { sequence } = await bus.publish(event);
  const consumer = bus.consume({ ...media, prefetch: 1 });
  for await (const message of consumer) {
    expect(message).toMatchObject({ subject: event.subject, sequence, redelivered: 0 });
    expect(Math.abs(Date.now() - message.publishedAt.getTime())).toBeLessThan(5_000);
    expect(message.headers["Skytide-Chat"]).toBe(event.chat);
    expect(message.json()).toEqual(event);
    await message.ack();
    break;
  }
  await consumer.stop();
  expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
});

test("no more messages are in hand than the prefetch, and each settled one makes room", async ({ bus }) => {
  await Promise.all(Array.from({ length: 10 }, () => bus.publish(messageReceived(newConversation()))));
  const consumer = bus.consume({ ...media, prefetch: 3 });
  const inHand: BusMessage[] = [];
  const following = (async () => {
    for await (const message of consumer) inHand.push(message);
  })();
  await expect.poll(() => inHand.length).toBe(3);
  expect((await bus.consumerInfo("CONVERSATIONS", "media")).ackPending).toBe(3);
  await inHand[0]?.ack();
  await expect.poll(() => inHand.length).toBe(4);
  for (let index = 1; index < 10; index += 1) {
    await expect.poll(() => inHand.length).toBeGreaterThan(index);
    await inHand[index]?.ack();
  }
  await consumer.stop();
  await following;
  expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
});

test("a pull that expires empty is followed by the next at once", async ({ bus }) => {
  const consumer = bus.consume({ ...media, prefetch: 1, expiresMs: 1_000 });
  const seen: BusMessage[] = [];
  const following = follow(consumer, seen);
  const latencies: number[] = [];
  for (let times = 0; times < 30; times += 1) {
    const publishedAt = performance.now();
    await bus.publish(messageReceived(newConversation()));
    await expect.poll(() => seen.length, { interval: 1 }).toBe(times + 1);
    latencies.push(performance.now() - publishedAt);
    await expect.poll(() => performance.now() - publishedAt, { interval: 10 }).toBeGreaterThan(70);
  }
  expect(Math.max(...latencies)).toBeLessThan(300);
  await consumer.stop();
  await following;
});

test("a nak comes back after its delay with its count, a term never", async ({ bus }) => {
  const again = await bus.publish(messageReceived(newConversation()));
  const never = await bus.publish(messageReceived(newConversation()));
  const consumer = bus.consume({ ...media, prefetch: 5 });
  const seen: { sequence: number; redelivered: number; at: number }[] = [];
  const following = (async () => {
    for await (const message of consumer) {
      seen.push({ sequence: message.sequence, redelivered: message.redelivered, at: Date.now() });
      if (message.sequence === never.sequence) message.term("malformed");
      else if (message.redelivered === 0) message.nak(300);
      else await message.ack();
    }
  })();
  await expect.poll(() => seen.length).toBe(3);
  await consumer.stop();
  await following;
  expect(seen.map(({ sequence, redelivered }) => [sequence, redelivered])).toEqual([
    [again.sequence, 0],
    [never.sequence, 0],
    [again.sequence, 1],
  ]);
  expect((seen[2]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(290);
  expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
});

test("stopping gives back at once what was not yielded, and what was yielded can still be acked", async ({ bus }) => {
  await Promise.all(Array.from({ length: 5 }, () => bus.publish(messageReceived(newConversation()))));
  const first = bus.consume({ ...media, prefetch: 5 });
  const iterator = first[Symbol.asyncIterator]();
  const held = await iterator.next();
  await expect.poll(async () => (await bus.consumerInfo("CONVERSATIONS", "media")).ackPending).toBe(5);
  await first.stop();
  expect(await iterator.next()).toMatchObject({ done: true });

  const seen: BusMessage[] = [];
  const second = bus.consume({ ...media, prefetch: 5 });
  const following = follow(second, seen);
  await expect.poll(() => seen.length, { timeout: 2_000 }).toBe(4);
  if (!held.done) await held.value.ack();
  expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
  await second.stop();
  await following;
});

test("two consumers of one durable share its messages", async ({ bus }) => {
  const seen: [BusMessage[], BusMessage[]] = [[], []];
  const consumers = [bus.consume({ ...media, prefetch: 1 }), bus.consume({ ...media, prefetch: 1 })] as const;
  const following = [follow(consumers[0], seen[0]), follow(consumers[1], seen[1])];
  await Promise.all(Array.from({ length: 60 }, () => bus.publish(messageReceived(newConversation()))));
  await expect.poll(() => seen[0].length + seen[1].length).toBe(60);
  expect(Math.min(seen[0].length, seen[1].length)).toBeGreaterThan(5);
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await Promise.all(following);
});

test("working() keeps a slow message from coming back, silence does not", async ({ bus, nats }) => {
  const admin = await connect({ servers: nats.url });
  const durable = "impatient";
  const config = { durable_name: durable, ack_policy: AckPolicy.Explicit, ack_wait: 500_000_000 };
  await (await admin.jetstreamManager()).consumers.add("CONVERSATIONS", {
    ...config,
    deliver_policy: DeliverPolicy.New,
  });
  await admin.close();
  const consumer = bus.consume({ stream: "CONVERSATIONS", durable, prefetch: 2 });
  const seen: BusMessage[] = [];
  const following = (async () => {
    for await (const message of consumer) seen.push(message);
  })();
  await bus.publish(messageReceived(newConversation()));
  await expect.poll(() => seen.length).toBe(1);
  const startedAt = Date.now();
  const working = () => {
    seen[0]?.working();
    return Date.now() - startedAt;
  };
  await expect.poll(working, { timeout: 3_000, interval: 150 }).toBeGreaterThan(1_500);
  expect(seen).toHaveLength(1);
  await expect.poll(() => seen[1]?.redelivered, { timeout: 3_000 }).toBe(1);
  for (const message of seen) await message.ack();
  await consumer.stop();
  await following;
});

test("consuming goes on after the server was killed and came back", async () => {
  const server = await restartableNats();
  const bus = await freshBus(server.url);
  const seen: BusMessage[] = [];
  const consumer = bus.consume({ ...media, prefetch: 4 });
  const following = follow(consumer, seen);
  await bus.publish(messageReceived(newConversation()));
  await expect.poll(() => seen.length).toBe(1);
  await server.kill();
  await expect.poll(() => bus.connected()).toBe(false);
  await server.start();
  const { sequence } = await bus.publish(messageReceived(newConversation()));
  // The first may come again: a killed server can forget a confirmed ack, never a message.
  await expect.poll(() => seen.map((message) => message.sequence), { timeout: 5_000 }).toContain(sequence);
  await consumer.stop();
  await following;
  await bus.drain();
});

test("a durable that does not exist is said so", async ({ bus }) => {
  const consumer = bus.consume({ stream: "CONVERSATIONS", durable: "nobody", prefetch: 1 });
  await expect(consumer[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    name: "PermanentError",
    code: "consumer-missing",
  });
  await consumer.stop();
});
