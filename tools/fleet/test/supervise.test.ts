import { expect, test, vi } from "vitest";
import type { Exit, Running } from "../running.ts";
import { type Part, type PartProgress, supervise } from "../supervise.ts";

/** A part whose processes end when the test says so. */
function fakePart(own: Partial<Part> = {}) {
  const started: { end(exit: Exit): void; pid: number }[] = [];
  const progress: PartProgress[] = [];
  const part: Part = {
    name: "brain",
    async start(): Promise<Running> {
      const { promise, resolve } = Promise.withResolvers<Exit>();
      const pid = started.length + 1;
      started.push({ end: resolve, pid });
      return { pid, exited: promise, stop: async () => resolve({ code: 0, signal: null }) };
    },
    check: async () => undefined,
    lastWords: () => "it said why",
    stopLimitMs: 100,
    ...own,
  };
  const supervised = supervise(part, { onProgress: (one) => progress.push(one), onStarted: () => {} });
  const states = () => progress.map(({ state }) => state);
  return { started, progress, states, supervised };
}

test("a part is ready once its check says so", async () => {
  const answers = ["waits for nats", "waits for nats", undefined];
  const { supervised, progress } = fakePart({ check: async () => answers.shift() });
  await supervised.ready;
  expect(progress).toEqual([
    { part: "brain", state: "starting" },
    { part: "brain", state: "starting", detail: "waits for nats" },
    { part: "brain", state: "ready", pid: 1 },
  ]);
  expect([supervised.isReady(), supervised.pid]).toEqual([true, 1]);
  await supervised.stop();
});

test("a part that ends is started again, and is not ready in between", async () => {
  const { supervised, started, states } = fakePart();
  await supervised.ready;
  started[0]?.end({ code: null, signal: "SIGKILL" });
  await vi.waitFor(() => expect(states()).toContain("down"));
  expect([supervised.isReady(), supervised.pid]).toEqual([false, 0]);
  await vi.waitFor(() => expect(supervised.isReady()).toBe(true), { timeout: 2_000 });
  expect(supervised.pid).toBe(2);
  await supervised.stop();
});

test("a start that throws counts as an end", async () => {
  let attempts = 0;
  const { supervised } = fakePart({
    async start() {
      attempts += 1;
      throw new Error("the folder is locked");
    },
  });
  await expect(supervised.ready).rejects.toThrow("brain did not start: the folder is locked");
  expect(attempts).toBe(3);
});

test("wrong settings end the start at once with what the process said", async () => {
  const { supervised, started } = fakePart({ check: async () => "starting" });
  await vi.waitFor(() => expect(started).toHaveLength(1));
  started[0]?.end({ code: 78, signal: null });
  await expect(supervised.ready).rejects.toThrow("brain did not start (ended with code 78):\nit said why");
  expect(started).toHaveLength(1);
});

test("a part that was ready is started again even when its start throws for a while", async () => {
  let attempts = 0;
  const ends: (() => void)[] = [];
  const { supervised } = fakePart({
    async start(): Promise<Running> {
      attempts += 1;
      if (attempts === 2) throw new Error("the port is not free yet");
      const { promise, resolve } = Promise.withResolvers<Exit>();
      ends.push(() => resolve({ code: 1, signal: null }));
      return { pid: attempts, exited: promise, stop: async () => resolve({ code: 0, signal: null }) };
    },
  });
  await supervised.ready;
  ends[0]?.();
  await vi.waitFor(() => expect(supervised.pid).toBe(3), { timeout: 5_000 });
  await supervised.stop();
});

test("a stop ends the process and nothing starts after it", async () => {
  const { supervised, started, states } = fakePart();
  await supervised.ready;
  await supervised.stop();
  expect(states()).toEqual(["starting", "ready", "stopping", "stopped"]);
  expect(started).toHaveLength(1);
});

test("a stop while the part still starts ends it too", async () => {
  const { supervised, states } = fakePart({ check: async () => "waits for nats" });
  await vi.waitFor(() => expect(states()).toContain("starting"));
  await supervised.stop();
  expect(states().at(-1)).toBe("stopped");
  await expect(supervised.ready).rejects.toThrow("brain was stopped before it was ready.");
});
