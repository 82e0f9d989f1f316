import type { Bus, BusMessage } from "@skytide/bus";
import { test, until } from "@skytide/testing";
import { expect } from "vitest";
import { createAttempts } from "../src/attempts.ts";
import {
  customerMessage,
  deadLetterOf,
  newConversation,
  openTestStage,
  startWorker,
  type TestConversation,
} from "./open-test-stage.ts";

/** Messages that were delivered before, and what stands about them in the bucket. */
async function publishRedelivered(bus: Bus, conversations: TestConversation[], record: object): Promise<number[]> {
  for (const conversation of conversations) await bus.publish(customerMessage(conversation));
  const consumer = bus.consume({ stream: "CONVERSATIONS", durable: "media", prefetch: conversations.length });
  const delivered: BusMessage[] = [];
  for await (const message of consumer) {
    delivered.push(message);
    if (delivered.length === conversations.length) break;
  }
  for (const { sequence } of delivered) await bus.keyValue("ATTEMPTS").create(`media.${sequence}`, record);
  for (const message of delivered) message.nak(0);
  await consumer.stop();
  return delivered.map(({ sequence }) => sequence);
}

test("a message that ends its process again and again becomes a dead letter, and its handler does not see it", async ({
  nats,
  bus,
}) => {
  const conversation = newConversation();
  await publishRedelivered(bus, [conversation], { killed: 3, unexpected: 0, inHand: true });
  let handled = 0;
  await openTestStage(nats.url, async (context) =>
    startWorker(context, {
      handler: async () => {
        handled += 1;
      },
    }),
  );
  expect(await deadLetterOf(bus, conversation)).toMatchObject({ code: "process-killed", errorClass: "permanent" });
  expect(handled).toBe(0);
});

test("messages that may have ended a process are handled one at a time, and are cleared by ending well", async ({
  nats,
  bus,
}) => {
  const suspects = [newConversation(), newConversation(), newConversation()];
  const sequences = await publishRedelivered(bus, suspects, { killed: 1, unexpected: 0, inHand: true });
  let inHand = 0;
  let most = 0;
  await openTestStage(nats.url, async (context) =>
    startWorker(context, {
      handler: async () => {
        inHand += 1;
        most = Math.max(most, inHand);
        // Long enough that others would be begun meanwhile.
        for (let times = 0; times < 5; times += 1) await bus.consumerInfo("CONVERSATIONS", "media");
        inHand -= 1;
      },
    }),
  );
  await until(async () => {
    for (const sequence of sequences) expect(await bus.keyValue("ATTEMPTS").get(`media.${sequence}`)).toBeNull();
  });
  expect(most).toBe(1);
});

test("deaths are counted over processes: each attempt that nobody settled is one", async ({ bus }) => {
  const message = { sequence: 4711, redelivered: 1 } as Parameters<ReturnType<typeof createAttempts>["begin"]>[1];
  const killed: number[] = [];
  for (const redelivered of [1, 2, 3]) {
    // Every process has a memory of its own.
    killed.push((await createAttempts(bus).begin("media", { ...message, redelivered })).killed);
  }
  expect(killed).toEqual([0, 1, 2]);
});

test("an attempt that is given back is no death, whoever goes on with it", async ({ bus }) => {
  const message = { sequence: 4712, redelivered: 1 } as Parameters<ReturnType<typeof createAttempts>["begin"]>[1];
  await (await createAttempts(bus).begin("media", message)).again();
  const next = await createAttempts(bus).begin("media", { ...message, redelivered: 2 });
  expect(next.killed).toBe(0);
  await next.done();
  expect(await bus.keyValue("ATTEMPTS").get("media.4712")).toBeNull();
});

test("unexpected errors are counted over processes", async ({ nats, bus }) => {
  const conversation = newConversation();
  let handled = 0;
  const open = () =>
    openTestStage(nats.url, async (context) =>
      startWorker(context, {
        // Slow enough that the first process is stopped before the message has had its five attempts.
        backoff: { firstMs: 500, lastMs: 500 },
        handler: async () => {
          handled += 1;
          throw new Error("a bug");
        },
      }),
    );
  const first = await open();
  await bus.publish(customerMessage(conversation));
  await until(() => expect(handled).toBe(2));
  await first.stop();
  await open();
  expect(await deadLetterOf(bus, conversation)).toMatchObject({ code: "unexpected", attempts: 5 });
  expect(handled).toBe(5);
});
