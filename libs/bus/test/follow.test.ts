import { type Bus, type BusMessage, connectBus, provision } from "@skytide/bus";
import { messageReceived, newConversation, replyRequested, restartableNats, test } from "@skytide/testing";
import { expect } from "vitest";

const stream = "CONVERSATIONS";

async function collect(messages: AsyncIterable<BusMessage>): Promise<number[]> {
  const sequences: number[] = [];
  for await (const message of messages) sequences.push(message.sequence);
  return sequences;
}

async function publishTexts(bus: Bus, conversation: ReturnType<typeof newConversation>, count: number) {
  const sequences: number[] = [];
  for (let index = 0; index < count; index += 1) {
    sequences.push((await bus.publish(messageReceived(conversation))).sequence);
  }
  return sequences;
}

test("a reader gets what is there in order, from the start, a sequence or a time, and ends; no durable moves", async ({
  bus,
}) => {
  const conversation = newConversation();
  const before = await bus.consumerInfo(stream, "media");
  const sequences = await publishTexts(bus, conversation, 600);
  await bus.publish(replyRequested(conversation));
  const filters = [`conv.${conversation.organizationId}.*.inbound`];
  expect(await collect(bus.follow({ stream, filters, from: "first" }))).toEqual(sequences);
  const middle = sequences[300] ?? 0;
  expect(await collect(bus.follow({ stream, filters, from: { sequence: middle } }))).toEqual(sequences.slice(300));
  const at = (await bus.readMessage(stream, middle))?.publishedAt ?? new Date(0);
  expect(await collect(bus.follow({ stream, filters, from: { time: at } }))).toEqual(
    expect.arrayContaining(sequences.slice(301)),
  );
  expect(await bus.consumerInfo(stream, "media")).toMatchObject({ ackPending: before.ackPending });
});

test("a reader of what nobody wrote ends at once", async ({ bus }) => {
  expect(await collect(bus.follow({ stream, filters: ["conv.nobody.*.inbound"], from: "first" }))).toEqual([]);
});

test("a live reader goes on with what comes until it is told to stop, and leaves nothing behind", async ({ bus }) => {
  const conversation = newConversation();
  const stopping = new AbortController();
  const seen: number[] = [];
  const [first = 0] = await publishTexts(bus, conversation, 1);
  const following = (async () => {
    const filters = [`conv.${conversation.organizationId}.>`];
    for await (const { sequence } of bus.follow({
      stream,
      filters,
      from: { sequence: first },
      live: true,
      signal: stopping.signal,
    })) {
      seen.push(sequence);
    }
  })();
  await expect.poll(() => seen).toEqual([first]);
  const more = await publishTexts(bus, conversation, 3);
  await expect.poll(() => seen).toEqual([first, ...more]);
  stopping.abort();
  await following;
});

test("a restart of the server loses and repeats nothing for a live reader", async () => {
  const server = await restartableNats();
  const bus = await connectBus({ servers: server.url, name: "test" });
  await provision(bus, { maxBytes: 1_000_000 });
  const conversation = newConversation();
  const stopping = new AbortController();
  const seen: number[] = [];
  const before = await publishTexts(bus, conversation, 5);
  const following = (async () => {
    for await (const { sequence } of bus.follow({
      stream,
      filters: ["conv.>"],
      from: "first",
      live: true,
      signal: stopping.signal,
    })) {
      seen.push(sequence);
    }
  })();
  await expect.poll(() => seen).toEqual(before);
  await server.kill();
  await server.start();
  const after = await publishTexts(bus, conversation, 5);
  await expect.poll(() => seen, { timeout: 30_000 }).toEqual([...before, ...after]);
  stopping.abort();
  await following;
  await bus.drain();
});
