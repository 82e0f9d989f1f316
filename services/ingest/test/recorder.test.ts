import { PermanentError, RetryableError } from "@skytide/errors";
import { type ConversationEvent, createEvent } from "@skytide/events";
import { describe, expect, test, vi } from "vitest";
import { createRecorder } from "../src/recorder.ts";
import { aurora, createObserved } from "./builders.ts";

function deleted(id: string): ConversationEvent {
  return createEvent({
    type: "message.deleted",
    id,
    source: "ingest",
    time: new Date("2026-11-23T15:00:00Z"),
    organizationId: aurora.organizationId,
    chat: "t1_abc",
    data: { messageId: id },
  });
}

function createTestRecorder(batch: { size: number; waitMs: number }, fail: (ids: string[]) => Error | undefined) {
  const { metrics, counter } = createObserved();
  const written: string[][] = [];
  const recordEvents = async (events: readonly ConversationEvent[]) => {
    const ids = events.map(({ id }) => id);
    const error = fail(ids);
    if (error) throw error;
    written.push(ids);
    return { recorded: ids.length, duplicates: 0 };
  };
  return { record: createRecorder({ recordEvents, batch, metrics }), written, counter };
}

describe("events are written together", () => {
  test("as soon as a batch is full", async () => {
    const { record, written, counter } = createTestRecorder({ size: 3, waitMs: 60_000 }, () => undefined);
    await Promise.all(["1", "2", "3"].map((id) => record(deleted(id))));
    expect(written).toEqual([["1", "2", "3"]]);
    expect(await counter('skytide_recorder_events_total{outcome="recorded"}')).toBe(3);
  });

  test("after a short wait when fewer come", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { record, written } = createTestRecorder({ size: 3, waitMs: 20 }, () => undefined);
      const both = Promise.all([record(deleted("1")), record(deleted("2"))]);
      expect(written).toEqual([]);
      await vi.advanceTimersByTimeAsync(20);
      await both;
      expect(written).toEqual([["1", "2"]]);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("a database that is away refuses the whole batch, for a redelivery", async () => {
  const away = new RetryableError("database-away", "no answer");
  const { record, written } = createTestRecorder({ size: 2, waitMs: 0 }, () => away);
  const results = await Promise.allSettled([record(deleted("1")), record(deleted("2"))]);
  expect(results).toEqual([1, 2].map(() => ({ status: "rejected", reason: away })));
  expect(written).toEqual([]);
});

test("one event that cannot be written falls alone, the others of its batch are written", async () => {
  const { record, written } = createTestRecorder({ size: 5, waitMs: 0 }, (ids) =>
    ids.includes("3") ? new PermanentError("database-refused", "no") : undefined,
  );
  const results = await Promise.allSettled(["1", "2", "3", "4", "5"].map((id) => record(deleted(id))));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(written.flat().sort()).toEqual(["1", "2", "4", "5"]);
});
