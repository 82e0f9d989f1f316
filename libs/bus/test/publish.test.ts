import { type Bus, connectBus, provision } from "@skytide/bus";
import { PermanentError, RetryableError } from "@skytide/errors";
import { messageReceived, newConversation, restartableNats, test } from "@skytide/testing";
import { connect } from "nats";
import { expect } from "vitest";

test("a published event is on the log when the promise resolves, with its headers", async ({ bus, nats }) => {
  const conversation = newConversation();
  const event = messageReceived(conversation);
  const { sequence, duplicate } = await bus.publish(event);
  expect(duplicate).toBe(false);
  const reader = await connect({ servers: nats.url });
  const stored = await (await reader.jetstreamManager()).streams.getMessage("CONVERSATIONS", { seq: sequence });
  expect(stored.json()).toEqual(event);
  expect(stored.header.get("Nats-Msg-Id")).toBe(event.id);
  expect(stored.header.get("Skytide-Org")).toBe(conversation.organizationId);
  expect(stored.header.get("Skytide-Chat")).toBe(conversation.chat);
  await reader.close();
});

test("a duplicate publish is one event", async ({ bus }) => {
  const event = messageReceived(newConversation());
  const first = await bus.publish(event);
  const again = await Promise.all(Array.from({ length: 5 }, () => bus.publish(event)));
  expect(again).toEqual(Array.from({ length: 5 }, () => ({ sequence: first.sequence, duplicate: true })));
  expect(await bus.lastSequence(event.subject)).toBe(first.sequence);
});

test("a malformed event and one on a foreign subject are permanent errors that quote nobody", async ({ bus }) => {
  const event = messageReceived(newConversation(), "a secret of the customer");
  const malformed = { ...event, data: { ...event.data, receivedAt: "yesterday" } };
  const error = await bus.publish(malformed).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PermanentError);
  expect(error).toMatchObject({ code: "invalid-event", message: expect.stringContaining("data.receivedAt") });
  expect(String(error)).not.toContain("secret");
  const foreign = { ...event, subject: messageReceived(newConversation()).subject };
  await expect(bus.publish(foreign)).rejects.toMatchObject({ code: "invalid-event" });
});

test("an event that is too large is a permanent error", async ({ bus }) => {
  await expect(bus.publish(messageReceived(newConversation(), "x".repeat(300_000)))).rejects.toMatchObject({
    name: "PermanentError",
    code: "too-large",
  });
});

test("dead letters, their replays and operations stand in their own streams, each id once", async ({ bus }) => {
  await bus.publishDeadLetter("dead.brain.org.chat", { code: "x" }, "brain-1");
  await bus.publishDeadLetter("dead.brain.org.chat", { code: "x" }, "brain-1");
  await bus.publishDeadLetter("retry.brain.org.chat", { code: "x" }, "replay-1", { "Skytide-Replay-Of": "7" });
  await bus.publishOperation("ops.org.misconfigured", { code: "x" }, "ops-1");
  expect((await bus.streamInfo("DEADLETTERS")).messages).toBe(2);
  expect((await bus.streamInfo("OPERATIONS")).messages).toBe(1);
});

test("a publish waits through a restart of the server and keeps its id", async () => {
  const server = await restartableNats();
  const bus = await connectedBus(server.url);
  const event = messageReceived(newConversation());
  await server.kill();
  const publishing = bus.publish(event, { deadlineMs: 15_000 });
  await server.start();
  expect(await publishing).toEqual({ sequence: 1, duplicate: false });
  expect(await bus.publish(event)).toEqual({ sequence: 1, duplicate: true });
  await bus.drain();
});

test("a log that is away for longer than the deadline is a retryable error", async () => {
  const server = await restartableNats();
  const bus = await connectedBus(server.url);
  await server.kill();
  const error = await bus.publish(messageReceived(newConversation()), { deadlineMs: 300 }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(RetryableError);
  expect(error).toMatchObject({ code: "log-unavailable" });
  await bus.drain();
});

async function connectedBus(url: string): Promise<Bus> {
  const bus = await connectBus({ servers: url, name: "test" });
  await provision(bus, { maxBytes: 1_000_000 });
  return bus;
}
