import { PermanentError } from "@skytide/errors";
import type { UsageWrite } from "@skytide/models";
import type { Spend } from "@skytide/store";
import { createMetrics } from "@skytide/telemetry";
import { describe, expect, test } from "vitest";
import { createSpendMeter, createSpendMetrics, tellCeilingIn } from "../../src/brief/index.ts";
import { quiet } from "./organizations.ts";

const aurora = { organizationId: "a0000000-0000-4000-8000-000000000001", chat: "k1_a" };
const { organizationId } = aurora;
const call = { model: "gpt-4o", inputTokens: 100, cachedInputTokens: 60, outputTokens: 10, costUsd: 0.3 };
const { costUsd: _, ...unpriced } = call;
const today = { day: "2026-11-22", ceilingUsd: 1, spentUsd: 0 };
const now = () => new Date("2026-11-22T12:00:00Z");

function setup(answer: (attempt: number) => Spend = () => ({ ...today, reached: false })) {
  const recorded: UsageWrite[] = [];
  const told: { subject: string; id: string; data: unknown }[] = [];
  const metrics = createMetrics({ version: "0", processMetrics: false });
  let attempts = 0;
  const publishOperation = async (subject: string, event: unknown, id?: string) => {
    told.push({ subject, id: id ?? "", data: (event as { data: unknown }).data });
  };
  const meter = createSpendMeter({
    record: async (write) => {
      attempts += 1;
      const spend = answer(attempts);
      recorded.push(structuredClone(write) as UsageWrite);
      return spend;
    },
    tell: tellCeilingIn({ publishOperation } as never, now),
    metrics: createSpendMetrics(metrics),
    log: quiet,
    now,
    retryMs: 1,
  });
  const counted = async (name: string) =>
    Number(new RegExp(`^${name} (\\d+)`, "m").exec((await metrics.exposition()).body)?.[1]);
  return { meter, recorded, told, counted };
}

describe("the spend meter", () => {
  test("counts what is not written down yet against the ceiling", () => {
    const { meter } = setup();
    const budget = { ceilingUsd: 1, spentTodayUsd: 0.8 };
    expect(meter.isExhausted(organizationId, budget)).toBe(false);
    meter.add(aurora, "decide", call);
    expect(meter.isExhausted(organizationId, budget)).toBe(true);
    expect(meter.isExhausted(organizationId, { ...budget, ceilingUsd: null })).toBe(false);
  });

  test("tells operations and metrics once that the ceiling was reached", async () => {
    const { meter, told, counted } = setup((attempt) => ({ ...today, spentUsd: 1.2, reached: attempt === 1 }));
    for (let n = 0; n < 2; n += 1) {
      meter.add(aurora, "decide", call);
      await meter.settled(organizationId);
    }
    expect(told).toEqual([
      {
        subject: `ops.${organizationId}.spend`,
        id: expect.stringMatching(/^[\w-]{27}$/),
        data: { day: "2026-11-22", ceilingUsd: 1, spentUsd: 1.2 },
      },
    ]);
    expect(await counted("skytide_spend_ceilings_reached_total")).toBe(1);
  });

  test("asks the database too when a ceiling was met without a call: it was lowered, or is zero", async () => {
    const { meter, told, counted } = setup(() => ({ ...today, reached: true }));
    expect(meter.isExhausted(organizationId, { ceilingUsd: 0, spentTodayUsd: 0 })).toBe(true);
    await meter.close();
    expect(told).toHaveLength(1);
    expect(await counted("skytide_spend_refusals_total")).toBe(1);
  });

  test("counts calls that no ceiling sees because their model has no price", async () => {
    const { meter, recorded, counted } = setup();
    meter.add(aurora, "decide", unpriced);
    await meter.close();
    expect(recorded).toMatchObject([{ calls: [{ usd: 0, calls: 1, unpriced: 1 }] }]);
    expect(await counted("skytide_llm_unpriced_calls_total")).toBe(1);
  });

  test("lets an organization's usage go with it", async () => {
    const { meter, recorded } = setup((attempt) => {
      if (attempt === 1) throw new PermanentError("organization-not-found", "gone");
      return { ...today, reached: false };
    });
    meter.add(aurora, "decide", call);
    await meter.settled(organizationId);
    meter.addTurn(organizationId, false);
    await meter.close();
    expect(recorded).toMatchObject([{ calls: [], turns: 1 }]);
  });
});
