import { test } from "@skytide/testing";
import { expect } from "vitest";
import { deathOf } from "../src/life.ts";
import { customerMessage, newConversation, openTestStage, startWorker } from "./open-test-stage.ts";

const alive = { listening: true, heardMsAgo: 2_000, inHand: 1, concurrency: 4, movedMsAgo: 0 };
const HOUR_MS = 3_600_000;

test("a loop that hears the server lives, however long nothing happens", () => {
  expect(deathOf({ ...alive, inHand: 0, movedMsAgo: 24 * HOUR_MS })).toBeNull();
});

test("a loop whose pulls nobody answers is dead, unless it is away from the server or has no place", () => {
  const silent = { ...alive, heardMsAgo: HOUR_MS };
  expect(deathOf(silent)).toBe("the server has not answered its pulls");
  expect(deathOf({ ...silent, listening: false })).toBeNull();
});

test("a loop whose places are all taken by handlers that do not end is dead", () => {
  const full = { ...alive, listening: false, inHand: 4 };
  expect(deathOf({ ...full, movedMsAgo: HOUR_MS })).toBe("no handler has ended");
  expect(deathOf({ ...full, movedMsAgo: 60_000 })).toBeNull();
  expect(deathOf({ ...full, inHand: 3, movedMsAgo: HOUR_MS })).toBeNull();
});

test("livez asks the loops: it says which one is stuck, and a stage that works is alive", async ({ nats, bus }) => {
  const handled = Promise.withResolvers<void>();
  let stuck = false;
  const stage = await openTestStage(nats.url, async (context) => {
    startWorker(context, { handler: async () => handled.resolve() });
    const signs = context.pipeline.life.get("media");
    if (signs === undefined) throw new Error("the worker shows no sign of life");
    context.pipeline.life.set("media", () => ({
      ...signs(),
      ...(stuck ? { listening: true, heardMsAgo: HOUR_MS } : {}),
    }));
  });
  const livez = async () => {
    const answer = await fetch(`http://127.0.0.1:${stage.adminPort}/livez`);
    return [answer.status, await answer.json()];
  };
  await bus.publish(customerMessage(newConversation()));
  await handled.promise;
  expect(await livez()).toEqual([200, { status: "ok" }]);
  stuck = true;
  expect(await livez()).toEqual([503, { status: "stuck", deaths: ["media: the server has not answered its pulls"] }]);
});
