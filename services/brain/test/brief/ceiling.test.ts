import { describe, expect, test } from "vitest";
import { createBriefs } from "../../src/brief/create-briefs.ts";
import { chart, createDecider, prompts } from "../../src/conversation/index.ts";
import type { Tools } from "../../src/tools/index.ts";
import { oneTurn } from "../turn/one-turn.ts";
import { factsWith, modelThat, quiet } from "./organizations.ts";

/** A turn of an organization whose models have cost enough today. */
async function turnBeyondTheCeiling(said: string) {
  const { model, asked } = modelThat();
  const createBrief = createBriefs({
    model,
    prompts,
    defaultModel: "fleet",
    spend: { add: () => {}, isExhausted: () => true, settled: async () => {} },
    log: quiet,
    now: () => new Date(),
  });
  const escalation = { escalationId: "e0000000-0000-4000-8000-000000000001", alreadyOpen: false };
  const raised: unknown[] = [];
  const raise = {
    acts: true,
    perform: async (input: unknown) => {
      raised.push(input);
      return escalation;
    },
  };
  const { of, report } = await oneTurn({
    said,
    chart,
    decide: createDecider({ model }),
    brief: (conversation) => createBrief(conversation, factsWith({ dailySpendUsd: 1 }, 1)),
    tools: { raise_escalation: raise } as unknown as Tools,
  });
  return { of, report, asked, raised };
}

describe("beyond the day's ceiling", () => {
  test("words that need a model are handed to a person, and the customer is told", async () => {
    const { of, report, asked, raised } = await turnBeyondTheCeiling("¿me duele menos si voy en ayunas?");
    expect(asked).toEqual([]);
    expect(raised).toMatchObject([{ reason: "policy" }]);
    expect(report.outcome).toBe("escalated");
    expect(of("escalation.raised")?.data).toMatchObject({ reason: "policy" });
    expect(of("reply.requested")?.data.messages).not.toEqual([]);
    expect(of("turn.completed")?.data.decisions).toMatchObject([{ by: "code", event: "customer.unanswerable" }]);
  });

  test("what code can decide goes on without a person", async () => {
    const { of, raised } = await turnBeyondTheCeiling("hola");
    expect(raised).toEqual([]);
    expect(of("reply.requested")?.data.messages).not.toEqual([]);
  });
});
