import { test } from "@skytide/testing";
import { expect, onTestFinished, vi } from "vitest";
import { customerMessage, metricOf, newConversation, openTestStage, startWorker } from "./open-test-stage.ts";

test("a drain hands on at once what waits for one worker, however long another worker's message takes", async ({
  nats,
  bus,
}) => {
  const gate = Promise.withResolvers<void>();
  const conversation = newConversation();
  const old = await openTestStage(nats.url, async (context) => {
    startWorker(context, { concurrency: 2, handler: () => gate.promise });
    startWorker(context, {
      consumer: { stream: "CONVERSATIONS", durable: "recorder" },
      concurrency: 1,
      handler: () => gate.promise,
    });
  });
  onTestFinished(() => gate.resolve());
  const events = Array.from({ length: 4 }, () => customerMessage(conversation));
  for (const event of events) await bus.publish(event);
  // The first is in hand; the surplus of its organization waits in the process.
  await vi.waitFor(async () => expect(await metricOf(old, 'skytide_parked_messages{durable="media"}')).toBe(3), 10_000);
  const taken: string[] = [];
  const fresh = await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async ({ event }) => void taken.push(event?.id ?? "") });
  });
  const stopped = old.stop();
  await vi.waitFor(() => expect(new Set(taken)).toEqual(new Set(events.slice(1).map(({ id }) => id))), 5_000);
  gate.resolve();
  expect(await stopped).toEqual({ inTime: true });
  await fresh.stop();
  expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ pending: 0, ackPending: 0 });
});
