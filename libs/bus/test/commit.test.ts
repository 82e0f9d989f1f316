import { type Bus, connectBus, type Fence } from "@skytide/bus";
import { conversationSubject } from "@skytide/events";
import {
  buildEvent,
  messageReceived,
  newConversation,
  replyRequested,
  stateCommitted,
  type TestConversation,
  test,
} from "@skytide/testing";
import { expect } from "vitest";
import { cuttingProxy } from "./cutting-proxy.ts";

function turn(conversation: TestConversation) {
  const cursor = { inbound: 0, handoff: 0, streamCreatedAt: "2026-01-01T00:00:00Z" };
  const completed = buildEvent(conversation, "turn.completed", {
    ...{ outcome: "replied", messageIds: [], states: [], decisions: [], tools: [], usage: [] },
    ...{ durationMs: 1, fencedByStateOnly: false },
  });
  return [stateCommitted(conversation, cursor), completed, replyRequested(conversation)];
}

function fence(conversation: TestConversation, lane: "state" | "inbound", lastSequence: number): Fence {
  return { subject: conversationSubject(conversation.organizationId, conversation.chat, lane), lastSequence };
}

async function lengths(bus: Bus, conversation: TestConversation): Promise<number[]> {
  return Promise.all(turn(conversation).map(({ subject }) => bus.lastSequence(subject)));
}

test("a commit stores all its events next to each other and tells their sequences", async ({ bus }) => {
  const conversation = newConversation();
  const { sequence } = await bus.publish(messageReceived(conversation));
  const result = await bus.commit({
    events: turn(conversation),
    fences: [fence(conversation, "state", 0), fence(conversation, "inbound", sequence)],
  });
  expect(result).toEqual({ kind: "committed", sequences: [sequence + 1, sequence + 2, sequence + 3] });
  expect(await lengths(bus, conversation)).toEqual([sequence + 1, sequence + 2, sequence + 3]);
});

test("a commit is refused whole when a newer customer message is on the log", async ({ bus }) => {
  const conversation = newConversation();
  const { sequence } = await bus.publish(messageReceived(conversation));
  await bus.publish(messageReceived(conversation, "y otra cosa"));
  const result = await bus.commit({
    events: turn(conversation),
    fences: [fence(conversation, "state", 0), fence(conversation, "inbound", sequence)],
  });
  expect(result).toEqual({ kind: "refused" });
  expect(await lengths(bus, conversation)).toEqual([0, 0, 0]);
});

test("a commit on a stale state is refused whole", async ({ bus }) => {
  const conversation = newConversation();
  const first = await bus.commit({ events: turn(conversation), fences: [fence(conversation, "state", 0)] });
  expect(first.kind).toBe("committed");
  const before = await lengths(bus, conversation);
  expect(await bus.commit({ events: turn(conversation), fences: [fence(conversation, "state", 0)] })).toEqual({
    kind: "refused",
  });
  expect(await lengths(bus, conversation)).toEqual(before);
});

test("an invalid event keeps the whole batch off the log", async ({ bus }) => {
  const conversation = newConversation();
  const [state, ...rest] = turn(conversation);
  const broken = { ...replyRequested(conversation), time: "now" };
  if (!state) throw new Error("a turn begins with its state");
  const committing = bus.commit({ events: [state, ...rest, broken], fences: [fence(conversation, "state", 0)] });
  await expect(committing).rejects.toMatchObject({ code: "invalid-event" });
  expect(await lengths(bus, conversation)).toEqual([0, 0, 0]);
});

test("of many concurrent commits of one conversation exactly one wins", async ({ bus }) => {
  const conversation = newConversation();
  const results = await Promise.all(
    Array.from({ length: 100 }, () =>
      bus.commit({ events: turn(conversation), fences: [fence(conversation, "state", 0)] }),
    ),
  );
  expect(results.filter(({ kind }) => kind === "committed")).toHaveLength(1);
  expect(results.filter(({ kind }) => kind === "refused")).toHaveLength(99);
});

test("commits of many conversations all succeed, more at once than the server holds open", async ({ bus }) => {
  const results = await Promise.all(
    Array.from({ length: 120 }, () => {
      const conversation = newConversation();
      return bus.commit({ events: turn(conversation), fences: [fence(conversation, "state", 0)] });
    }),
  );
  expect(results.every(({ kind }) => kind === "committed")).toBe(true);
});

test("after a purge a fence expects 0", async ({ bus }) => {
  const conversation = newConversation();
  const message = messageReceived(conversation);
  await bus.publish(message);
  await bus.trim(message.subject, 0);
  const fences = [fence(conversation, "state", 0), fence(conversation, "inbound", 0)];
  expect((await bus.commit({ events: turn(conversation), fences })).kind).toBe("committed");
});

test("a commit without a fence, or with more fences than events, is a mistake", async ({ bus }) => {
  const conversation = newConversation();
  await expect(bus.commit({ events: turn(conversation), fences: [] })).rejects.toThrow(RangeError);
  const fences = [fence(conversation, "state", 0), fence(conversation, "inbound", 0)];
  const events = turn(conversation).slice(0, 1);
  await expect(bus.commit({ events, fences })).rejects.toThrow(RangeError);
});

test("a commit whose answer was lost is recognized as stored", async ({ bus, nats }) => {
  const proxy = await cuttingProxy(nats.port, "Nats-Batch-Commit");
  const behindProxy = await connectBus({ servers: proxy.url, name: "test" });
  const conversation = newConversation();
  const result = await behindProxy.commit({ events: turn(conversation), fences: [fence(conversation, "state", 0)] });
  expect(proxy.cuts()).toBe(1);
  expect(result).toEqual({ kind: "committed", sequences: await lengths(bus, conversation) });
  await behindProxy.drain();
  await proxy.stop();
});
