import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import type { Simulators } from "../src/index.ts";
import { test } from "./setup.ts";

const sample = (file: string) => readFile(new URL(`../samples/${file}`, import.meta.url));

interface Media {
  mimeType: string;
  bytes: Buffer;
  model?: string;
  prompt?: string;
}

async function describeMedia(
  simulators: Simulators,
  { mimeType, bytes, model = "gemini-test", prompt = "Transcribe." }: Media,
) {
  const parts = [{ text: prompt }, { inlineData: { mimeType, data: bytes.toString("base64") } }];
  const response = await fetch(`${simulators.geminiUrl}/v1beta/models/${model}:generateContent`, {
    method: "POST",
    headers: { "x-goog-api-key": "test", "content-type": "application/json" },
    body: JSON.stringify({ contents: [{ role: "user", parts }] }),
  });
  return { response, body: (await response.json()) as Record<string, unknown> };
}

describe("the simulated Gemini", () => {
  test("knows what the shipped voice note says", async ({ simulators }) => {
    const { response, body } = await describeMedia(simulators, {
      mimeType: "audio/ogg",
      bytes: await sample("nota-cita.ogg"),
    });
    expect(response.headers.get("x-skytide-simulator")).toBe("gemini");
    expect(body).toMatchObject({
      candidates: [
        {
          content: {
            role: "model",
            parts: [{ text: expect.stringContaining("Quiero pedir una cita para mañana por la tarde") }],
          },
          finishReason: "STOP",
        },
      ],
      usageMetadata: { promptTokenCount: expect.any(Number), candidatesTokenCount: expect.any(Number) },
    });
  });

  test("knows what the shipped picture shows", async ({ simulators }) => {
    const { body } = await describeMedia(simulators, { mimeType: "image/jpeg", bytes: await sample("foto-piel.jpg") });
    expect(JSON.stringify(body)).toContain("mejilla");
  });

  test("puts no words into an unknown voice note, and says of an unknown picture that it does not know it", async ({
    simulators,
  }) => {
    const unknown = Buffer.from("unknown");
    const prompt = "If no words can be understood, answer exactly [NO_SPEECH].";
    const audio = await describeMedia(simulators, { mimeType: "audio/ogg", bytes: unknown, prompt });
    const image = await describeMedia(simulators, { mimeType: "image/png", bytes: unknown });
    expect(audio.body).toMatchObject({ candidates: [{ content: { parts: [{ text: "[NO_SPEECH]" }] } }] });
    expect(JSON.stringify(image.body)).toContain("el simulador no conoce");
  });

  test.for<[string, Partial<Media>, number, string]>([
    ["a type with parameters", { mimeType: "audio/ogg; codecs=opus" }, 400, "INVALID_ARGUMENT"],
    ["an unknown model", { model: "gpt-4" }, 404, "NOT_FOUND"],
  ])("refuses %s", async ([_, fields, code, status], { simulators }) => {
    const { body } = await describeMedia(simulators, { mimeType: "audio/ogg", bytes: Buffer.from("x"), ...fields });
    expect(body.error).toMatchObject({ code, status });
  });

  test("blocks, ends for safety, says nothing or fails when told to", async ({ simulators }) => {
    const call = { mimeType: "image/png", bytes: Buffer.from("x") };
    const answers: unknown[] = [];
    for (const kind of ["blocked", "safety", "empty"] as const) {
      simulators.control.setGeminiFaults([{ kind }]);
      answers.push((await describeMedia(simulators, call)).body);
    }
    expect(answers).toMatchObject([
      { promptFeedback: { blockReason: "SAFETY" } },
      { candidates: [{ finishReason: "SAFETY" }] },
      { candidates: [{ finishReason: "OTHER", content: { role: "model" } }] },
    ]);
    simulators.control.setGeminiFaults([{ kind: "status", status: 429 }]);
    const limited = await describeMedia(simulators, call);
    expect(limited.response.status).toBe(429);
    expect(JSON.stringify(limited.body)).toContain("google.rpc.RetryInfo");
  });
});

describe("the Langfuse sink", () => {
  const body = JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [{ name: "turn" }] }] }] });
  const send = (
    simulators: Simulators,
    headers: Record<string, string>,
    bytes: string | Uint8Array<ArrayBuffer> = body,
  ) =>
    fetch(`${simulators.langfuseUrl}/api/public/otel/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: bytes,
    });
  const keys = { authorization: `Basic ${Buffer.from("pk:sk").toString("base64")}` };

  test("keeps what it gets, also compressed, and shows it", async ({ simulators }) => {
    expect((await send(simulators, keys)).status).toBe(200);
    expect((await send(simulators, { ...keys, "content-encoding": "gzip" }, gzipSync(body))).status).toBe(200);
    expect(simulators.control.traces()).toHaveLength(2);
    const shown = await (await fetch(`${simulators.langfuseUrl}/simulator/langfuse/traces`)).json();
    expect(JSON.stringify(shown)).toContain('"name":"turn"');
  });

  test("shows the spans of one trace where Langfuse has its page", async ({ simulators }) => {
    const spans = ["a1", "b2", "a1"].map((traceId, index) => ({ traceId, name: `span ${index}`, attributes: [] }));
    await send(simulators, keys, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const page = await fetch(`${simulators.langfuseUrl}/trace/a1`);
    expect(await page.json()).toEqual({ traceId: "a1", spans: [spans[0], spans[2]] });
    expect((await fetch(`${simulators.langfuseUrl}/trace/c3`)).status).toBe(404);
  });

  test("refuses a call without keys and a body that is no export", async ({ simulators }) => {
    expect((await send(simulators, {})).status).toBe(401);
    expect((await send(simulators, keys, "{}")).status).toBe(400);
    expect((await send(simulators, keys, "{")).status).toBe(400);
  });
});
