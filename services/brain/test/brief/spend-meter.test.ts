import type { Spend, SpentCalls } from "@skytide/store";
import { createMetrics } from "@skytide/telemetry";
import { describe, expect, test } from "vitest";
import { createSpendMeter, createSpendMetrics, tellCeilingIn } from "../../src/brief/index.ts";
import { quiet } from "./organizations.ts";

const aurora = "a0000000-0000-4000-8000-000000000001";
const call = { inputTokens: 100, cachedInputTokens: 60, outputTokens: 10, costUsd: 0.3 };
const today = { day: "2026-11-22", ceilingUsd: 1, spentUsd: 0 };

function setup(answer: (sum: SpentCalls, attempt: number) => Spend = () => ({ ...today, reached: false })) {
  const recorded: SpentCalls[] = [];
  const told: { subject: string; id: string; data: unknown }[] = [];
  const metrics = createMetrics({ version: "0", processMetrics: false });
  let attempts = 0;
  const publishOperation = async (subject: string, event: unknown, id?: string) => {
    told.push({ subject, id: id ?? "", data: (event as { data: unknown }).data });
  };
  const meter = createSpendMeter({
    record: async (_, sum) => {
      attempts += 1;
      const spend = answer(sum, attempts);
      recorded.push({ ...sum });
      return spend;
    },
    tell: tellCeilingIn({ publishOperation } as never, () => new Date("2026-11-22T12:00:00Z")),
    metrics: createSpendMetrics(metrics),
    log: quiet,
    flushMs: 60_000,
  });
  const counted = async (name: string) =>
    Number(new RegExp(`^${name} (\\d+)`, "m").exec((await metrics.exposition()).body)?.[1]);
  return { meter, recorded, told, counted };
}

describe("the spend meter", () => {
  test("adds calls up and writes them down at once", async () => {
    const { meter, recorded } = setup();
    for (let n = 0; n < 3; n += 1) meter.add(aurora, call);
    await meter.close();
    expect(recorded).toHaveLength(1);
    expect(recorded[0]).toMatchObject({ calls: 3, inputTokens: 300, cachedTokens: 180, outputTokens: 30 });
    expect(recorded[0]?.usd).toBeCloseTo(0.9, 9);
  });

  test("counts what is not written down yet against the ceiling", () => {
    const { meter } = setup();
    const budget = { ceilingUsd: 1, spentTodayUsd: 0.8 };
    expect(meter.isExhausted(aurora, budget)).toBe(false);
    meter.add(aurora, call);
    expect(meter.isExhausted(aurora, budget)).toBe(true);
    expect(meter.isExhausted(aurora, { ...budget, ceilingUsd: null })).toBe(false);
  });

  test("loses nothing while the database is away", async () => {
    const { meter, recorded } = setup((_, attempt) => {
      if (attempt === 1) throw new Error("away");
      return { ...today, reached: false };
    });
    meter.add(aurora, call);
    await meter.flush();
    meter.add(aurora, call);
    await meter.close();
    expect(recorded).toMatchObject([{ calls: 2 }]);
  });

  test("tells operations and metrics once that the ceiling was reached", async () => {
    const { meter, told, counted } = setup((_, attempt) => ({ ...today, spentUsd: 1.2, reached: attempt === 1 }));
    for (let n = 0; n < 2; n += 1) {
      meter.add(aurora, call);
      await meter.flush();
    }
    expect(told).toEqual([
      {
        subject: `ops.${aurora}.spend`,
        id: expect.stringMatching(/^[\w-]{27}$/),
        data: { day: "2026-11-22", ceilingUsd: 1, spentUsd: 1.2 },
      },
    ]);
    expect(await counted("skytide_spend_ceilings_reached_total")).toBe(1);
  });

  test("asks the database too when a ceiling was met without a call: it was lowered, or is zero", async () => {
    const { meter, told, counted } = setup(() => ({ ...today, reached: true }));
    expect(meter.isExhausted(aurora, { ceilingUsd: 0, spentTodayUsd: 0 })).toBe(true);
    await meter.close();
    expect(told).toHaveLength(1);
    expect(await counted("skytide_spend_refusals_total")).toBe(1);
  });

  test("counts calls that no ceiling sees because their model has no price", async () => {
    const { meter, recorded, counted } = setup();
    meter.add(aurora, { ...call, costUsd: undefined });
    await meter.close();
    expect(recorded).toMatchObject([{ usd: 0, calls: 1 }]);
    expect(await counted("skytide_llm_unpriced_calls_total")).toBe(1);
  });
});
