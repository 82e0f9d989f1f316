import { createMetrics } from "@skytide/telemetry";
import { demo, messageReceived, newConversation, test } from "@skytide/testing";
import { expect } from "vitest";
import { createRetentionMetrics, forgetExpired } from "../src/retention.ts";

const signal = new AbortController().signal;

test("messages, their files and the log's events go after the organization's days, others stay", async ({ bus }) => {
  const [short, kept] = [newConversation(demo.aurora.organizationId), newConversation(demo.brisa.organizationId)];
  const old = await bus.publish(messageReceived(short));
  const cut = new Date((await bus.readMessage("CONVERSATIONS", old.sequence))?.publishedAt ?? 0);
  const other = await bus.publish(messageReceived(kept));
  const young = await bus.publish(messageReceived(short));
  const pages = [
    { messages: 1_000, mediaPaths: ["a/1.ogg"] },
    { messages: 3, mediaPaths: [] },
  ];
  const removed: string[] = [];
  const deps = {
    purgeExpired: async () => pages.shift() ?? { messages: 0, mediaPaths: [] },
    removeMedia: async (paths: readonly string[]) => void removed.push(...paths),
    listRetentions: async () => [{ organizationId: short.organizationId, days: 1 }],
    purgeBefore: bus.purgeBefore,
    metrics: createRetentionMetrics(createMetrics({ version: "test", processMetrics: false })),
    clock: () => new Date(cut.getTime() + 86_400_000 + 1),
  };
  await forgetExpired(deps, signal);
  expect(pages).toEqual([]);
  expect(removed).toEqual(["a/1.ogg"]);
  const found = await Promise.all(
    [old, other, young].map(({ sequence }) => bus.readMessage("CONVERSATIONS", sequence)),
  );
  expect(found.map((message) => message !== null)).toEqual([false, true, true]);

  await forgetExpired({ ...deps, clock: () => new Date(Date.now() + 90 * 86_400_000) }, signal);
  expect(await bus.readMessage("CONVERSATIONS", young.sequence)).toBeNull();
  expect(await bus.readMessage("CONVERSATIONS", other.sequence)).not.toBeNull();
});
