import { PermanentError, RetryableError } from "@skytide/errors";
import { expect } from "vitest";
import { CallAbortedError, createDescriber, type ModelCall, type ProviderOptions } from "../src/index.ts";
import { cut, fixture, json, raw, silent, stalled, test } from "./provider.ts";

const { signal } = new AbortController();
const voice = { kind: "audio", mimeType: "audio/ogg; codecs=opus", bytes: Buffer.from("OggS"), signal } as const;
const picture = { kind: "image", mimeType: "image/jpeg", bytes: Buffer.from([0xff, 0xd8, 0xff]), signal } as const;

function open(url: string, options: Partial<ProviderOptions> = {}) {
  const calls: ModelCall[] = [];
  const onCall = (call: ModelCall) => calls.push(call);
  return { calls, ...createDescriber({ baseUrl: url, apiKey: "key-1", model: "gemini-flash", onCall, ...options }) };
}

const ending = (finishReason: string, text?: string) =>
  json({ candidates: [{ finishReason, content: { role: "model", ...(text ? { parts: [{ text }] } : {}) } }] });
const problem = (status: number, details: object[] = []) =>
  json({ error: { code: status, message: "Laura 573001110001", status: "X", details } }, status);

test("a voice note becomes its transcript, its type cleaned of parameters", async ({ provider }) => {
  provider.replies.push(json(fixture("gemini-text")));
  const describer = open(provider.url, { prices: { "gemini-flash": { input: 1, output: 10 } } });
  expect(await describer.describe(voice)).toEqual({
    kind: "text",
    text: "Hola, quisiera una cita para mañana.",
    truncated: false,
    usage: { model: "gemini-flash", inputTokens: 160, cachedInputTokens: 0, outputTokens: 41, costUsd: 0.00057 },
  });
  const [request] = provider.requests;
  expect(request?.path).toBe("/v1beta/models/gemini-flash:generateContent");
  expect(request?.headers["x-goog-api-key"]).toBe("key-1");
  expect(request?.body.contents[0].parts[1]).toEqual({ inlineData: { mimeType: "audio/ogg", data: "T2dnUw==" } });
  expect(describer.calls).toMatchObject([{ provider: "gemini", operation: "transcribe", outcome: "ok" }]);
});

test("a picture is described in Spanish unless another language is asked for", async ({ provider }) => {
  provider.replies.push(json(fixture("gemini-text")));
  await open(provider.url).describe(picture);
  expect(provider.requests[0]?.body.contents[0].parts[0].text).toContain("Describe in Spanish");
});

test.for([
  ["a blocked prompt", json({ promptFeedback: { blockReason: "SAFETY" } }), { kind: "blocked" }],
  ["an answer stopped for safety", ending("SAFETY", "medio"), { kind: "blocked" }],
  ["an answer stopped for prohibited content", ending("PROHIBITED_CONTENT"), { kind: "blocked" }],
  ["an answer cut at its limit", ending("MAX_TOKENS", "Hola, quisiera"), { kind: "text", truncated: true }],
  ["an answer cut before its first word", ending("MAX_TOKENS"), { kind: "empty" }],
  ["an answer without words", ending("STOP", " \n"), { kind: "empty" }],
  ["a voice note without words", ending("STOP", "[NO_SPEECH]"), { kind: "empty" }],
  ["no candidate at all", json({ candidates: [] }), { kind: "empty" }],
] as const)("%s is told apart", async ([, reply, expected], { provider }) => {
  provider.replies.push(reply);
  expect(await open(provider.url).describe(voice)).toMatchObject(expected);
});

test.for([
  ["a body cut halfway", cut],
  ["a body that is not JSON", raw("<html>")],
  ["a server error", problem(503)],
  ["too many requests with a short wait", problem(429, [{ "@type": "x/RetryInfo", retryDelay: "0.01s" }])],
] as const)("%s is tried again", async ([, bad], { provider }) => {
  provider.replies.push(bad, json(fixture("gemini-text")));
  const describer = open(provider.url);
  expect(await describer.describe(voice)).toMatchObject({ kind: "text" });
  expect(describer.calls).toMatchObject([{ attempts: 2, outcome: "ok" }]);
});

test.for([
  ["never answers", silent],
  ["stops in the middle of its answer", stalled],
] as const)("a provider that %s is given up after the attempt's limit", async ([, bad], { provider }) => {
  provider.replies.push(bad);
  const describing = open(provider.url, { timeoutMs: 100, maxRetries: 0 }).describe(voice);
  await expect(describing).rejects.toMatchObject({ name: "RetryableError", code: "gemini-timeout" });
});

test.for([
  ["a wrong key", problem(400, [{ reason: "API_KEY_INVALID" }]), RetryableError, "gemini-unauthorized"],
  ["a forbidden project", problem(403), RetryableError, "gemini-unauthorized"],
  ["a retired model", problem(404), RetryableError, "gemini-model-unknown"],
  ["a long wait", problem(429, [{ retryDelay: "37s" }]), RetryableError, "gemini-rate-limited"],
  ["bytes that Gemini cannot read", problem(400), PermanentError, "gemini-bad-request"],
] as const)("%s is not tried again here, and its words stay out", async ([, bad, kind, code], { provider }) => {
  provider.replies.push(bad);
  const thrown = await open(provider.url)
    .describe(picture)
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(kind);
  expect(thrown).toMatchObject({ code });
  expect(JSON.stringify([String(thrown), thrown])).not.toMatch(/Laura|57300/);
  expect(provider.requests).toHaveLength(1);
});

test("the caller's abort passes through as its own error", async ({ provider }) => {
  const controller = new AbortController();
  provider.replies.push(() => controller.abort());
  const describing = open(provider.url).describe({ ...voice, signal: controller.signal });
  await expect(describing).rejects.toBeInstanceOf(CallAbortedError);
});

test("media larger than a request can hold is not sent", async ({ provider }) => {
  const bytes = new Uint8Array(15 * 1024 * 1024);
  await expect(open(provider.url).describe({ ...picture, bytes })).rejects.toMatchObject({ code: "gemini-too-large" });
  expect(provider.requests).toHaveLength(0);
});
