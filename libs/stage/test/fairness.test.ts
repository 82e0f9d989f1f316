import type { Bus } from "@skytide/bus";
import { RetryableError } from "@skytide/errors";
import { conversationSubject } from "@skytide/events";
import { test, until } from "@skytide/testing";
import { expect, onTestFinished } from "vitest";
import type { OpenStage, WorkerOptions, WorkMessage } from "../src/index.ts";
import {
  customerMessage,
  metricOf,
  newConversation,
  openTestStage,
  startWorker,
  type TestConversation,
} from "./open-test-stage.ts";

const CONCURRENCY = 4;

/** Publishes that many messages of one conversation, in order. */
async function publishMany(bus: Bus, conversation: TestConversation, count: number): Promise<number[]> {
  const stored = await Promise.all(Array.from({ length: count }, () => bus.publish(customerMessage(conversation))));
  return stored.map(({ sequence }) => sequence).sort((one, other) => one - other);
}

/** A stage whose handlers can wait at a gate; it opens at the latest when the test ends, before the stage stops. */
async function openFairStage(
  natsUrl: string,
  handler: (message: WorkMessage, gate: Promise<void>) => Promise<void>,
  own: Partial<WorkerOptions> = {},
  env: Record<string, string> = {},
): Promise<OpenStage & { open(): void }> {
  const gate = Promise.withResolvers<void>();
  const stage = await openTestStage(
    natsUrl,
    async (context) =>
      startWorker(context, { concurrency: CONCURRENCY, ...own, handler: (message) => handler(message, gate.promise) }),
    env,
  );
  onTestFinished(() => gate.resolve());
  return { ...stage, open: gate.resolve };
}

const parkedTotal = 'skytide_messages_parked_total{stage="media"}';

/** Resolves when nothing waits any more, in the durable or in a lane. */
async function untilDone(bus: Bus): Promise<void> {
  await until(async () => {
    expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
    expect((await bus.parking.waiting("media")).size).toBe(0);
  });
}

test("an organization whose messages never end holds up nobody else, and not the shared window", async ({
  nats,
  bus,
}) => {
  const [busy, other] = [newConversation(), newConversation()];
  let inHand = 0;
  let most = 0;
  const handled = { busy: 0, other: 0 };
  const stage = await openFairStage(nats.url, async ({ organizationId }, gate) => {
    if (organizationId === other.organizationId) {
      handled.other += 1;
      return;
    }
    inHand += 1;
    most = Math.max(most, inHand);
    await gate;
    inHand -= 1;
    handled.busy += 1;
  });
  const surplus = 150;
  await publishMany(bus, busy, surplus);
  await publishMany(bus, other, 20);
  await until(() => expect(handled).toEqual({ busy: 0, other: 20 }));
  // Two of the busy one's hold places of the durable, one holds a place of its lane.
  await until(() => expect(most).toBe(3));
  await until(async () => {
    expect((await bus.parking.waiting("media")).get(busy.organizationId)).toBe(surplus - 2);
    expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ ackPending: 2, pending: 0 });
    expect(await metricOf(stage, parkedTotal)).toBeGreaterThanOrEqual(surplus - 2);
  });
  stage.open();
  await untilDone(bus);
  expect(handled).toEqual({ busy: surplus, other: 20 });
});

test("a long lane does not make a short one wait", async ({ nats, bus }) => {
  const [long, short] = [newConversation(), newConversation()];
  const order: string[] = [];
  const stage = await openFairStage(
    nats.url,
    async ({ organizationId }, gate) => {
      await gate;
      order.push(organizationId);
    },
    {},
    { ORG_CONCURRENCY: "1" },
  );
  await publishMany(bus, long, 60);
  await publishMany(bus, short, 10);
  await until(async () =>
    expect(await bus.parking.waiting("media")).toEqual(
      new Map([
        [long.organizationId, 59],
        [short.organizationId, 9],
      ]),
    ),
  );
  stage.open();
  await untilDone(bus);
  // One or two of the long lane between any two of the short one.
  expect(order.lastIndexOf(short.organizationId)).toBeLessThan(3 * 10);
});

test("what is parked keeps its order", async ({ nats, bus }) => {
  const conversation = newConversation();
  const handled: number[] = [];
  const stage = await openFairStage(
    nats.url,
    async ({ sequence }, gate) => {
      await gate;
      handled.push(sequence);
    },
    { concurrency: 2 },
  );
  const sequences = await publishMany(bus, conversation, 40);
  await until(async () => expect((await bus.parking.waiting("media")).get(conversation.organizationId)).toBe(39));
  stage.open();
  await untilDone(bus);
  const [, ...parked] = sequences;
  expect(handled.filter((sequence) => sequence !== sequences[0])).toEqual(parked);
});

test("SIGTERM leaves what is parked to the others, at once and each message once", async ({ nats, bus }) => {
  const conversation = newConversation();
  const began: number[] = [];
  const stage = await openFairStage(nats.url, async ({ sequence }, gate) => {
    began.push(sequence);
    await gate;
  });
  const sequences = await publishMany(bus, conversation, 30);
  await until(async () => expect((await bus.parking.waiting("media")).get(conversation.organizationId)).toBe(28));
  await until(() => expect(began).toHaveLength(3));
  const stopped = stage.stop();
  const taken: number[] = [];
  await openFairStage(nats.url, async ({ sequence }) => void taken.push(sequence));
  await until(() => expect(taken).toHaveLength(27));
  stage.open();
  expect(await stopped).toEqual({ inTime: true });
  await untilDone(bus);
  expect([...began, ...taken].sort((one, other) => one - other)).toEqual(sequences);
});

test("a parked message that was erased meanwhile is passed over", async ({ nats, bus }) => {
  const conversation = newConversation();
  let began = 0;
  let handled = 0;
  const stage = await openFairStage(nats.url, async (_, gate) => {
    began += 1;
    await gate;
    handled += 1;
  });
  await publishMany(bus, conversation, 20);
  await until(async () => expect((await bus.parking.waiting("media")).get(conversation.organizationId)).toBe(18));
  await until(() => expect(began).toBe(3));
  await bus.cancel(conversationSubject(conversation.organizationId, conversation.chat, "inbound"));
  stage.open();
  await untilDone(bus);
  expect(handled).toBe(3);
});

test("the setting limits one organization, and what is parked keeps its deadline and its dead letter's place", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  let inHand = 0;
  const givenUp: number[] = [];
  const stage = await openFairStage(
    nats.url,
    async (_, gate) => {
      inHand += 1;
      await gate;
      throw new RetryableError("upstream-down", "not now");
    },
    { deadlineMs: 0, concurrency: 8, onGiveUp: async ({ sequence }) => void givenUp.push(sequence) },
    { ORG_CONCURRENCY: "1" },
  );
  const sequences = await publishMany(bus, conversation, 10);
  await until(async () => expect((await bus.parking.waiting("media")).get(conversation.organizationId)).toBe(9));
  await until(() => expect(inHand).toBe(2));
  stage.open();
  await untilDone(bus);
  expect(givenUp.sort((one, other) => one - other)).toEqual(sequences);
});

// The last one: its retries stay at the server for a minute.
test("retries of an organization that fails all the time leave the shared window", async ({ nats, bus }) => {
  const [failing, other] = [newConversation(), newConversation()];
  let handled = 0;
  await openFairStage(
    nats.url,
    async ({ organizationId }) => {
      if (organizationId === failing.organizationId) throw new RetryableError("upstream-down", "not now");
      handled += 1;
    },
    { backoff: { firstMs: 60_000, lastMs: 60_000 } },
  );
  await publishMany(bus, failing, 120);
  await publishMany(bus, other, 5);
  await until(() => expect(handled).toBe(5));
  await until(async () => expect((await bus.parking.waiting("media")).get(failing.organizationId)).toBe(120 - 64));
  expect((await bus.consumerInfo("CONVERSATIONS", "media")).ackPending).toBe(64);
});
