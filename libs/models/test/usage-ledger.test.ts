import { describe, expect, test } from "vitest";
import { createUsageLedger, type UsageWrite } from "../src/index.ts";

const aurora = { organizationId: "a0000000-0000-4000-8000-000000000001", chat: "k1_a" };
const { organizationId } = aurora;
const call = { model: "gpt-4o", inputTokens: 100, cachedInputTokens: 60, outputTokens: 10, costUsd: 0.3 };

function setup(record: (attempt: number) => Promise<void> | void = () => {}) {
  const confirmed: UsageWrite[] = [];
  const tried: string[] = [];
  const ledger = createUsageLedger({
    async record(write) {
      tried.push(write.id);
      await record(tried.length);
      confirmed.push(structuredClone(write));
    },
    isHopeless: () => false,
    onFailure: () => {},
    now: () => new Date(),
    retryMs: 1,
  });
  return { ledger, confirmed, tried };
}

describe("the usage ledger", () => {
  test("writes at once, and adds up by conversation, model and kind what comes meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { ledger, confirmed } = setup((attempt) => (attempt === 1 ? promise : undefined));
    ledger.add(aurora, "decide", call);
    await Promise.resolve();
    for (let n = 0; n < 3; n += 1) ledger.add(aurora, "decide", call);
    ledger.add({ organizationId, chat: "k1_b" }, "decide", call);
    ledger.add(aurora, "phrase", { ...call, model: "other" });
    ledger.addTurn(organizationId, true);
    resolve();
    await ledger.settled(organizationId, 5_000);
    expect(confirmed.map(({ calls }) => calls.map(({ calls: count }) => count))).toEqual([[1], [3, 1, 1]]);
    expect(confirmed[1]).toMatchObject({ turns: 1, failedTurns: 1 });
    expect(confirmed[1]?.calls[0]).toMatchObject({ chat: "k1_a", input: 300, cached: 180, output: 30, unpriced: 0 });
    expect(confirmed[1]?.calls[0]?.usd).toBeCloseTo(0.9, 9);
  });

  test("repeats a write that failed under its own id and with nothing added to it: its answer alone may have been lost", async () => {
    const { ledger, confirmed, tried } = setup((attempt) => {
      if (attempt > 2) return;
      ledger.add(aurora, "decide", call);
      throw new Error("away");
    });
    ledger.add(aurora, "decide", call);
    await ledger.settled(organizationId, 5_000);
    expect(new Set(tried.slice(0, 3)).size).toBe(1);
    expect(confirmed.map(({ calls }) => calls[0]?.calls)).toEqual([1, 2]);
  });

  test("counts what is on its way and what waits behind it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { ledger } = setup(() => promise);
    ledger.add(aurora, "decide", call);
    await Promise.resolve();
    ledger.add(aurora, "decide", call);
    expect(ledger.waitingUsd(organizationId)).toBeCloseTo(0.6, 9);
    resolve();
    await ledger.close();
    expect(ledger.waitingUsd(organizationId)).toBe(0);
  });

  test("does not keep a turn longer than its limit, nor a process from ending", async () => {
    const { ledger, confirmed } = setup(() => {
      throw new Error("away");
    });
    ledger.add(aurora, "decide", call);
    await ledger.settled(organizationId, 20);
    await ledger.close();
    expect(confirmed).toEqual([]);
  });
});
