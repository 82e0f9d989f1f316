import { createMetrics, createTracer, newTraceparent, spanIdOf } from "@skytide/telemetry";
import { test } from "@skytide/testing";
import { describe, expect } from "vitest";
import { createBriefs } from "../src/brief/index.ts";
import { chart, createDecider, prompts } from "../src/conversation/index.ts";
import { traceTurn } from "../src/trace-turn.ts";
import { factsWith, modelThat, quiet } from "./brief/organizations.ts";
import { chat, organizationId } from "./events.ts";
import { oneTurn } from "./turn/one-turn.ts";

const WORDS = "Soy Marta Pineda, ¿qué tal la noche?";

interface Span {
  name: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: Record<string, string> }[];
}

interface Export {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}

function attribute({ attributes }: Span, key: string) {
  return Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];
}

async function newest(url: string): Promise<Export | undefined> {
  const { traces } = (await (await fetch(`${url}/simulator/langfuse/traces`)).json()) as { traces: Export[] };
  return traces.at(-1);
}

/** A turn that asked the model once, traced to a Langfuse. */
async function traced(host: string, traceContent: boolean) {
  const { model } = modelThat();
  const createBrief = createBriefs({
    model,
    prompts,
    defaultModel: "gpt-fleet",
    spend: { add: () => {}, isExhausted: () => false, settled: async () => {} },
    log: quiet,
    now: () => new Date(),
  });
  const { report } = await oneTurn({
    said: WORDS,
    chart,
    decide: createDecider({ model }),
    brief: (conversation) => createBrief(conversation, factsWith({ traceContent, chatModel: "gpt-own" })),
  });
  const metrics = createMetrics({ version: "0", processMetrics: false });
  const langfuse = { host, publicKey: "pk", secretKey: "sk" };
  const tracer = createTracer({ service: "skytide-brain", version: "0", metrics, langfuse });
  traceTurn(tracer, { organizationId, chat }, { ...report, traceparent: newTraceparent() });
  await tracer.shutdown(2_000);
  return report;
}

describe("a turn's trace in Langfuse", () => {
  test("is one trace of the conversation: a span per node, in it the model call with prompt, model, tokens and cost", async ({
    simulators,
  }) => {
    await traced(simulators.langfuseUrl, false);
    const exported = await newest(simulators.langfuseUrl);
    const spans = exported?.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    const [root, ...steps] = spans;
    expect(root && attribute(root, "session.id")).toBe(chat);
    expect(root && attribute(root, "langfuse.trace.metadata.model")).toBe("gpt-own");
    const node = steps.find(({ name }) => name === "supervisor");
    expect(node?.parentSpanId).toBe(root?.spanId);
    const generation = steps.find((span) => attribute(span, "langfuse.observation.type") === "generation");
    expect(generation?.parentSpanId).toBe(node?.spanId);
    expect(generation && attribute(generation, "langfuse.observation.model.name")).toBe("gpt-own");
    expect(generation && attribute(generation, "langfuse.version")).toBe(prompts.newest.version);
    expect(generation && attribute(generation, "langfuse.observation.usage_details")).toContain(
      '"input_cached_tokens":4',
    );
    expect(generation && attribute(generation, "langfuse.observation.cost_details")).toBe('{"total":0.25}');
    for (const span of spans) expect(attribute(span, "langfuse.observation.input")).toBe("[masked]");
    expect(JSON.stringify(exported)).not.toMatch(/Marta|Pineda|noche/);
  });

  test("holds what was said where the organization allows it, and never in a name", async ({ simulators }) => {
    await traced(simulators.langfuseUrl, true);
    const exported = await newest(simulators.langfuseUrl);
    const spans = exported?.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    expect(spans[0] && attribute(spans[0], "langfuse.trace.input")).toBe(WORDS);
    const generation = spans.find((span) => attribute(span, "langfuse.observation.type") === "generation");
    expect(generation && attribute(generation, "langfuse.observation.input")).toContain("Marta");
    for (const { name } of spans) expect(name).toMatch(/^[a-zA-Z_.]+$/);
  });

  test("costs nothing while Langfuse is down: the turn is told nothing of it", async () => {
    const report = await traced("http://127.0.0.1:9", true);
    expect(spanIdOf(report.traceparent)).toBeDefined();
  });
});
