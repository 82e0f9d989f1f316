import { setTimeout as pause } from "node:timers/promises";
import type { Bus } from "@skytide/bus";
import { RetryableError } from "@skytide/errors";
import { test, until } from "@skytide/testing";
import { expect, onTestFinished, vi } from "vitest";
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

const heldNow = 'skytide_parked_messages{durable="media"}';
const heldTotal = 'skytide_messages_parked_total{stage="media"}';

/** Resolves when nothing waits any more, at the server or in a process. */
async function untilDone(bus: Bus): Promise<void> {
  await until(async () =>
    expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 }),
  );
}

test("an organization whose messages never end holds up nobody else", async ({ nats, bus }) => {
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
  expect(most).toBe(2);
  await until(async () => {
    expect(await metricOf(stage, heldNow)).toBe(surplus - 2);
    expect(await metricOf(stage, heldTotal)).toBeGreaterThanOrEqual(surplus - 2);
  });
  stage.open();
  await untilDone(bus);
  expect(handled).toEqual({ busy: surplus, other: 20 });
  expect(await metricOf(stage, heldNow)).toBe(0);
});

test("organizations take turns: many of one do not make a few of another wait", async ({ nats, bus }) => {
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
  await until(async () => expect(await metricOf(stage, heldNow)).toBe(59 + 9));
  stage.open();
  await untilDone(bus);
  // One or two of the long queue between any two of the short one.
  expect(order.lastIndexOf(short.organizationId)).toBeLessThan(3 * 10);
});

test("what waits keeps its order", async ({ nats, bus }) => {
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
  await until(async () => expect(await metricOf(stage, heldNow)).toBe(39));
  stage.open();
  await untilDone(bus);
  expect(handled).toEqual(sequences);
});

test("SIGTERM leaves what waits to the others, at once and each message once", async ({ nats, bus }) => {
  const conversation = newConversation();
  const began: number[] = [];
  const stage = await openFairStage(nats.url, async ({ sequence }, gate) => {
    began.push(sequence);
    await gate;
  });
  const sequences = await publishMany(bus, conversation, 30);
  await until(async () => expect(await metricOf(stage, heldNow)).toBe(28));
  const stopped = stage.stop();
  const taken: number[] = [];
  await openFairStage(nats.url, async ({ sequence }) => void taken.push(sequence));
  await until(() => expect(taken).toHaveLength(28));
  stage.open();
  expect(await stopped).toEqual({ inTime: true });
  await untilDone(bus);
  expect([...began, ...taken].sort((one, other) => one - other)).toEqual(sequences);
});

test("the setting limits one organization, and what waits keeps its deadline and its dead letter's place", async ({
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
  await until(async () => expect(await metricOf(stage, heldNow)).toBe(9));
  expect(inHand).toBe(1);
  stage.open();
  await untilDone(bus);
  expect(givenUp.sort((one, other) => one - other)).toEqual(sequences);
});

test("with 10,000 messages of one organization before it, another's p95 stays within 1.2 times and 200 ms of what it is alone", async ({
  nats,
  bus,
}) => {
  const HANDLER_MS = 20;
  const other = newConversation();
  const waits = new Map<number, number>();
  await openFairStage(
    nats.url,
    async ({ organizationId, sequence, publishedAt }) => {
      await pause(HANDLER_MS);
      if (organizationId === other.organizationId) waits.set(sequence, Date.now() - publishedAt.getTime());
    },
    { concurrency: 10 },
  );
  /** The other organization's messages, one after another as people write; their times from the log to the end of the handler. */
  const p95 = async () => {
    waits.clear();
    for (let index = 0; index < 60; index += 1) {
      const { sequence } = await bus.publish(customerMessage(other));
      await vi.waitFor(() => expect(waits.has(sequence)).toBe(true), { timeout: 60_000, interval: 5 });
    }
    return [...waits.values()].sort((one, next) => one - next)[Math.ceil(60 * 0.95) - 1] ?? Number.NaN;
  };
  const alone = await p95();
  await bus.pauseConsumer("CONVERSATIONS", "media", new Date(Date.now() + 600_000));
  const backlog = 10_000;
  const busy = newConversation();
  for (let published = 0; published < backlog; published += 500) await publishMany(bus, busy, 500);
  await bus.pauseConsumer("CONVERSATIONS", "media", null);
  const beside = await p95();
  const left = await bus.consumerInfo("CONVERSATIONS", "media");
  // It was really beside the backlog, not after it.
  expect(left.pending + left.ackPending).toBeGreaterThan(0);
  expect(beside).toBeLessThanOrEqual(1.2 * alone + 200);
});
