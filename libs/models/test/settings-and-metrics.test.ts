import { createMetrics } from "@skytide/telemetry";
import { expect, test } from "vitest";
import { createModelMetrics, modelPricesSchema } from "../src/index.ts";

test("prices are JSON by model name", () => {
  const prices = modelPricesSchema.parse('{"gpt-4o":{"input":2.5,"cachedInput":1.25,"output":10}}');
  expect(prices["gpt-4o"]).toEqual({ input: 2.5, cachedInput: 1.25, output: 10 });
});

test.for(["", "[]", "gpt", '{"a":{"input":1}}', '{"a":{"input":-1,"output":1}}', '{"a":{"input":1,"output":1,"x":1}}'])(
  "prices written as %s are refused in words",
  (text) => {
    expect(modelPricesSchema.safeParse(text).error?.issues[0]?.message).toContain("expected JSON like");
  },
);

test("calls and circuits are counted by configured names only", async () => {
  const metrics = createMetrics({ version: "test", processMetrics: false });
  const { onCall, onCircuit } = createModelMetrics(metrics, {
    provider: "openai",
    models: ["gpt-4o", "gpt-4o"],
    operations: ["decide", "embed"],
  });
  const usage = { model: "gpt-4o", inputTokens: 100, cachedInputTokens: 60, outputTokens: 5, costUsd: 0.5 };
  const call = { provider: "openai", model: "gpt-4o", operation: "decide", outcome: "ok" } as const;
  onCall({ ...call, startedAt: new Date(), durationMs: 200, attempts: 1, usage });
  onCircuit("open", "closed", "gpt-4o");
  onCircuit("open", "closed", "a-model-that-an-organization-mistyped");
  onCircuit("half_open", "open", "gpt-4o");
  const { body } = await metrics.exposition();
  expect(body).toContain(
    'skytide_llm_requests_total{provider="openai",model="gpt-4o",operation="decide",outcome="ok"} 1',
  );
  expect(body).toContain(
    'skytide_llm_requests_total{provider="openai",model="gpt-4o",operation="embed",outcome="ok"} 0',
  );
  expect(body).toContain('skytide_llm_tokens_total{provider="openai",model="gpt-4o",kind="input"} 40');
  expect(body).toContain('skytide_llm_cost_usd_total{provider="openai",model="gpt-4o"} 0.5');
  expect(body).toContain('skytide_circuit_open{dependency="openai"} 1');
  onCircuit("closed", "half_open", "gpt-4o");
  expect((await metrics.exposition()).body).toContain('skytide_circuit_open{dependency="openai"} 0');
});
