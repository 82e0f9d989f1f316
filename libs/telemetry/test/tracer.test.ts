import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { createMetrics, createTracer, newTraceparent, spanIdOf, traceIdOf } from "../src/index.ts";

const ORGANIZATION = "a0000000-0000-4000-8000-000000000001";
const CHAT = "v1_AAAAAAAAAAAAAAAAAAAAAA";
const at = { startedAt: new Date("2026-11-22T10:00:00Z"), endedAt: new Date("2026-11-22T10:00:01Z") };

interface Received {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A stand-in that answers as told and remembers what came. */
async function langfuse(answer: { status: number; body?: string; hang?: boolean }) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ path: request.url, headers: request.headers, body });
      if (!answer.hang) response.writeHead(answer.status).end(answer.body ?? "{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const metrics = createMetrics({ version: "0", processMetrics: false });
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tracer = createTracer({
    service: "skytide-brain",
    version: "1.2.3",
    metrics,
    langfuse: { host, publicKey: "pk", secretKey: "sk" },
  });
  const counted = async (outcome: string) =>
    Number(
      new RegExp(`skytide_trace_spans_total\\{outcome="${outcome}"\\} (\\d+)`).exec(
        (await metrics.exposition()).body,
      )?.[1],
    );
  return { received, tracer, counted };
}

const start = () => ({ name: "turn", sessionId: CHAT, organizationId: ORGANIZATION, traceparent: newTraceparent() });

test("a turn arrives as one OTLP batch: root span, steps and generations in one trace", async () => {
  const { received, tracer, counted } = await langfuse({ status: 200 });
  const link = newTraceparent();
  const turn = tracer.turn({ ...start(), links: [link, undefined, "junk"] });
  turn.generation({
    name: "decide",
    model: "gpt-5.2-mini",
    operation: "decide",
    outcome: "ok",
    inputTokens: 900,
    cachedInputTokens: 800,
    outputTokens: 20,
    costUsd: 0.001,
    ...at,
  });
  turn.span({ name: "book_appointment", type: "tool", outcome: "error", facts: { tool: "book_appointment" }, ...at });
  turn.end("replied", { durationMs: 12 });
  turn.end("replied");
  await tracer.shutdown(2_000);

  expect(received).toHaveLength(1);
  expect(received[0]?.path).toBe("/api/public/otel/v1/traces");
  expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from("pk:sk").toString("base64")}`);
  const [resource] = JSON.parse(received[0]?.body ?? "{}").resourceSpans;
  const [root, generation, tool] = resource.scopeSpans[0].spans;
  expect(root).toMatchObject({
    name: "turn",
    traceId: traceIdOf(turn.traceparent),
    spanId: spanIdOf(turn.traceparent),
  });
  expect(root.links).toEqual([{ traceId: traceIdOf(link), spanId: spanIdOf(link) }]);
  expect(generation).toMatchObject({
    traceId: root.traceId,
    parentSpanId: root.spanId,
    startTimeUnixNano: `${at.startedAt.getTime()}000000`,
  });
  expect(generation.attributes).toContainEqual({
    key: "langfuse.observation.usage_details",
    value: { stringValue: '{"input":900,"input_cached_tokens":800,"output":20}' },
  });
  expect(tool.status).toEqual({ code: 2 });
  for (const span of [root, generation, tool]) {
    expect(span.attributes).toContainEqual({ key: "session.id", value: { stringValue: CHAT } });
  }
  expect(await counted("sent")).toBe(3);
});

test("words of people in names and facts are not sent", async () => {
  const { received, tracer } = await langfuse({ status: 200 });
  const turn = tracer.turn({ ...start(), name: "Marta Pineda", sessionId: "573001112233" });
  turn.span({ name: "quiero una cita", outcome: "ok 573001112233", facts: { name: "Marta Pineda" }, ...at });
  turn.end("replied");
  await tracer.shutdown(2_000);
  expect(received).toHaveLength(1);
  for (const planted of ["Marta", "573001112233", "cita"]) expect(received[0]?.body).not.toContain(planted);
});

test("spans go out in the background without shutdown", async () => {
  const { received, tracer } = await langfuse({ status: 200 });
  tracer.turn(start()).end("replied");
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 5_000 });
  await tracer.shutdown(100);
});

test("a failing Langfuse is tried twice, then the spans are dropped and counted", async () => {
  const { received, tracer, counted } = await langfuse({ status: 503 });
  tracer.turn(start()).end("replied");
  await tracer.shutdown(2_000);
  expect(received).toHaveLength(2);
  expect(await counted("dropped_failed")).toBe(1);
});

test("a refusing Langfuse is not tried again", async () => {
  const { received, tracer, counted } = await langfuse({ status: 401 });
  tracer.turn(start()).end("replied");
  await tracer.shutdown(2_000);
  expect(received).toHaveLength(1);
  expect(await counted("dropped_failed")).toBe(1);
});

test("spans that Langfuse rejects inside its answer are counted", async () => {
  const { tracer, counted } = await langfuse({ status: 200, body: '{"partialSuccess":{"rejectedSpans":"1"}}' });
  const turn = tracer.turn(start());
  turn.span({ name: "step", outcome: "ok", ...at });
  turn.end("replied");
  await tracer.shutdown(2_000);
  expect([await counted("sent"), await counted("dropped_failed")]).toEqual([1, 1]);
});

test("a hanging Langfuse does not hold the shutdown beyond its deadline", async () => {
  const { tracer, counted } = await langfuse({ status: 200, hang: true });
  tracer.turn(start()).end("replied");
  const began = performance.now();
  await tracer.shutdown(200);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(await counted("dropped_failed")).toBe(1);
});

test("what does not fit the queue is dropped and counted", async () => {
  const { tracer, counted } = await langfuse({ status: 200, hang: true });
  const turn = tracer.turn(start());
  for (let index = 0; index < 5_100; index += 1) turn.span({ name: "step", outcome: "ok", ...at });
  turn.end("replied");
  expect(await counted("dropped_full")).toBe(101);
  await tracer.shutdown(50);
});

test("without Langfuse a turn keeps its traceparent and sends nothing", async () => {
  const tracer = createTracer({
    service: "s",
    version: "0",
    metrics: createMetrics({ version: "0", processMetrics: false }),
  });
  const given = start();
  const turn = tracer.turn(given);
  turn.end("replied");
  expect(turn.traceparent).toBe(given.traceparent);
  await tracer.shutdown(10);
});
