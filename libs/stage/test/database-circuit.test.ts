import { RetryableError } from "@skytide/errors";
import { test, until } from "@skytide/testing";
import { expect } from "vitest";
import { customerMessage, metricOf, newConversation, openTestStage, startWorker } from "./open-test-stage.ts";

const MESSAGES = 60;
const WANTED = "20261122070100";

test("a stage whose database is away stops pulling, stays ready, and goes on when it is back", async ({
  nats,
  bus,
}) => {
  let away = true;
  let failed = 0;
  const done = new Set<string>();
  const stage = await openTestStage(nats.url, async (context) => {
    context.guardDatabase(async () => {
      if (away) throw new RetryableError("database-http-0", "away");
      return { schemaVersion: WANTED };
    }, WANTED);
    startWorker(context, {
      handler: async ({ event }) => {
        if (away) {
          failed += 1;
          throw new RetryableError("database-http-0", "away");
        }
        done.add(event?.id ?? "");
      },
    });
  });
  // Many organizations, so that nothing is parked.
  await Promise.all(Array.from({ length: MESSAGES }, () => bus.publish(customerMessage(newConversation()))));
  const open = 'skytide_circuit_open{dependency="postgres"}';
  await until(async () => expect(await metricOf(stage, open)).toBe(1));
  await until(async () =>
    // What was asked for before has come and was given back: nothing of it is in hand.
    expect(await metricOf(stage, 'skytide_inflight{stage="media"}')).toBe(0),
  );
  // Five to open it, and what stood in the four places meanwhile.
  expect(failed).toBeLessThanOrEqual(5 + 4);
  expect((await bus.consumerInfo("CONVERSATIONS", "media")).pending).toBeGreaterThan(MESSAGES - 20);
  const readyz = await fetch(`http://127.0.0.1:${stage.adminPort}/readyz`);
  expect([readyz.status, await readyz.json()]).toEqual([
    200,
    expect.objectContaining({
      checks: expect.objectContaining({
        database: { ok: false, required: false, detail: "away", fix: expect.stringContaining("SUPABASE_URL") },
        // What cannot be asked is not held against it.
        schema: { ok: true, required: true },
      }),
    }),
  ]);
  away = false;
  await until(() => expect(done.size).toBe(MESSAGES));
  expect(await metricOf(stage, open)).toBe(0);
});

test("a statement that the database refuses opens nothing", async ({ nats, bus }) => {
  let handled = 0;
  const stage = await openTestStage(nats.url, async (context) => {
    context.guardDatabase(async () => ({ schemaVersion: WANTED }), WANTED);
    startWorker(context, {
      handler: async ({ redelivered }) => {
        handled += 1;
        if (redelivered === 0) throw new RetryableError("database-40001", "a race");
      },
    });
  });
  await Promise.all(Array.from({ length: 10 }, () => bus.publish(customerMessage(newConversation()))));
  await until(() => expect(handled).toBe(20));
  expect(await metricOf(stage, 'skytide_circuit_open{dependency="postgres"}')).toBe(0);
});
