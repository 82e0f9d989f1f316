import { PermanentError, RetryableError } from "@skytide/errors";
import { expect } from "vitest";
import { CallAbortedError, createLanguageModel, type ModelCall, type ProviderOptions } from "../src/index.ts";
import { cut, fixture, json, raw, silent, stalled, test } from "./provider.ts";
import { chooseRequest } from "./requests.ts";

const good = json(fixture("responses-function-call"));
const problem = (status: number, error: object = {}, headers = {}) =>
  json({ error: { message: "Laura 573001110001 wrote something", type: "error", ...error } }, status, headers);

function open(url: string, options: Partial<ProviderOptions> = {}) {
  const calls: ModelCall[] = [];
  const model = createLanguageModel({
    baseUrl: `${url}/v1`,
    apiKey: "key-1",
    model: "gpt-4o",
    wire: "responses",
    onCall: (call) => calls.push(call),
    ...options,
  });
  return { model, calls };
}

test.for([
  ["a body cut halfway", cut],
  ["a body that is not JSON", raw("<html>bad gateway")],
  ["a page instead of JSON", raw("<html>", "text/html")],
  ["an empty body", raw("")],
  ["a reply of another shape", json({ hello: "world" })],
  [
    "a response that the provider gave up",
    json({ ...fixture("responses-function-call"), status: "failed", output: [] }),
  ],
  ["a server error", problem(500)],
  ["a conflict", problem(409)],
  ["too many requests", problem(429, { code: "rate_limit_exceeded" }, { "retry-after-ms": "5" })],
] as const)("%s is tried again", async ([, bad], { provider }) => {
  provider.replies.push(bad, good);
  const { model, calls } = open(provider.url);
  expect(await model.choose(chooseRequest())).toMatchObject({ kind: "chosen" });
  expect(calls).toMatchObject([{ outcome: "ok", attempts: 2, operation: "decide", usage: { outputTokens: 20 } }]);
});

test("attempts end, and the last error is thrown", async ({ provider }) => {
  provider.replies.push(problem(503));
  const { model, calls } = open(provider.url, { maxRetries: 1 });
  await expect(model.choose(chooseRequest())).rejects.toMatchObject({
    name: "RetryableError",
    code: "openai-unavailable",
  });
  expect(provider.requests).toHaveLength(2);
  expect(calls).toMatchObject([{ outcome: "error", attempts: 2 }]);
});

test.for([
  [401, "invalid_api_key", "openai-unauthorized"],
  [403, "unsupported_country_region_territory", "openai-unauthorized"],
  [404, "model_not_found", "openai-model-unknown"],
  [429, "insufficient_quota", "openai-quota"],
] as const)(
  "what an operator must cure (%i %s) waits for the redelivery",
  async ([status, code, ours], { provider }) => {
    provider.replies.push(problem(status, { code }));
    const { model } = open(provider.url);
    const thrown = await model.choose(chooseRequest()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(RetryableError);
    expect(thrown).toMatchObject({ code: ours, retryAfterMs: 30_000 });
    expect(provider.requests).toHaveLength(1);
  },
);

test("a request that the provider does not accept is permanent, and its words stay out of the error", async ({
  provider,
}) => {
  provider.replies.push(problem(400, { code: "invalid_request_error", param: "tools" }));
  const thrown = await open(provider.url)
    .model.choose(chooseRequest())
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(PermanentError);
  expect(JSON.stringify([String(thrown), thrown])).not.toMatch(/Laura|57300/);
  expect(provider.requests).toHaveLength(1);
});

test("a prompt that the provider refuses to read is a refusal", async ({ provider }) => {
  provider.replies.push(problem(400, { code: "invalid_prompt" }));
  const { model, calls } = open(provider.url);
  expect(await model.choose(chooseRequest())).toMatchObject({ kind: "refused", usage: { inputTokens: 0 } });
  expect(calls).toMatchObject([{ outcome: "refused" }]);
});

test.for([
  ["never answers", silent],
  ["stops in the middle of its answer", stalled],
] as const)("a provider that %s is given up after the attempt's limit", async ([, bad], { provider }) => {
  provider.replies.push(bad);
  const { model, calls } = open(provider.url, { timeoutMs: 100, maxRetries: 0 });
  await expect(model.choose(chooseRequest())).rejects.toMatchObject({ name: "RetryableError", code: "openai-timeout" });
  expect(calls).toMatchObject([{ outcome: "timeout" }]);
});

test("the limit of the whole call ends the attempts", async ({ provider }) => {
  provider.replies.push(silent);
  const { model } = open(provider.url, { timeoutMs: 150, totalMs: 200, maxRetries: 9 });
  const start = performance.now();
  await expect(model.choose(chooseRequest())).rejects.toMatchObject({ code: "openai-timeout" });
  expect(performance.now() - start).toBeLessThan(1_000);
});

test("a longer wait than a call can spare is handed on", async ({ provider }) => {
  provider.replies.push(problem(429, {}, { "retry-after": "20" }));
  const { model, calls } = open(provider.url);
  await expect(model.choose(chooseRequest())).rejects.toMatchObject({
    code: "openai-rate-limited",
    retryAfterMs: 20_000,
  });
  expect(calls).toMatchObject([{ outcome: "rate_limited", attempts: 1 }]);
});

test("a server that is not there is an unreachable one", async ({ provider }) => {
  const { model } = open(provider.url.replace(/\d+$/, "1"), { maxRetries: 0 });
  await expect(model.choose(chooseRequest())).rejects.toMatchObject({
    name: "RetryableError",
    code: "openai-unreachable",
  });
});

test("the caller's abort is no fault of the provider: during the call, during a wait, and before", async ({
  provider,
}) => {
  const { model, calls } = open(provider.url);
  const during = new AbortController();
  provider.replies.push((response) => {
    response.on("close", () => {});
    during.abort("a newer message");
  });
  const thrown = await model.choose(chooseRequest({ signal: during.signal })).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(CallAbortedError);
  expect(thrown).toMatchObject({ cause: "a newer message" });

  const waiting = new AbortController();
  provider.replies.splice(0, 1, (response) => {
    problem(500)(response);
    response.on("close", () => setImmediate(() => waiting.abort()));
  });
  await expect(model.choose(chooseRequest({ signal: waiting.signal }))).rejects.toBeInstanceOf(CallAbortedError);
  await expect(model.choose(chooseRequest({ signal: AbortSignal.abort() }))).rejects.toBeInstanceOf(CallAbortedError);
  expect(calls.map(({ outcome }) => outcome)).toEqual(["aborted", "aborted"]);
});

test("after five failed calls in a row no call goes out, until the circuit has been tried again", async ({
  provider,
}) => {
  provider.replies.push(problem(500));
  const states: string[] = [];
  const requests: string[] = [];
  const { model } = open(provider.url, {
    maxRetries: 0,
    onCircuit: (to, from) => states.push(`${from}>${to}`),
    onRequest: (outcome) => requests.push(outcome),
  });
  for (let call = 0; call < 5; call += 1)
    await expect(model.choose(chooseRequest())).rejects.toMatchObject({ code: "openai-unavailable" });
  await expect(model.choose(chooseRequest())).rejects.toMatchObject({
    name: "RetryableError",
    code: "openai-circuit-open",
  });
  expect(provider.requests).toHaveLength(5);
  expect(states).toEqual(["closed>open"]);
  expect(requests).toEqual(Array(5).fill("server_error"));
});

test("nothing is taken from the environment", async ({ provider }) => {
  process.env.OPENAI_BASE_URL = "http://127.0.0.1:1/v1";
  process.env.OPENAI_ORG_ID = "org-of-somebody";
  process.env.OPENAI_LOG = "debug";
  provider.replies.push(good);
  await open(provider.url).model.choose(chooseRequest());
  expect(provider.requests[0]?.headers["openai-organization"]).toBeUndefined();
  for (const name of ["OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_LOG"]) delete process.env[name];
});

test("a model that one organization chose and nobody has does not keep the calls of the others back", async ({
  provider,
}) => {
  const unknown = problem(404, { code: "model_not_found" });
  provider.replies.push(unknown, unknown, unknown, unknown, unknown, good);
  const { model, calls } = open(provider.url);
  for (let call = 0; call < 5; call += 1)
    await expect(model.choose({ ...chooseRequest(), model: "gpt-nobody" })).rejects.toMatchObject({
      code: "openai-model-unknown",
    });
  await expect(model.choose({ ...chooseRequest(), model: "gpt-nobody" })).rejects.toMatchObject({
    code: "openai-circuit-open",
  });
  expect(await model.choose(chooseRequest())).toMatchObject({ kind: "chosen", usage: { model: "gpt-4o" } });
  expect(calls.map((call) => call.model)).toEqual([...new Array(5).fill("gpt-nobody"), "gpt-4o"]);
});

test("a call may ask another model than the configured one, which pays its own price", async ({ provider }) => {
  provider.replies.push(good);
  const { model } = open(provider.url, {
    prices: { "gpt-mini": { input: 1, output: 1 }, "gpt-4o": { input: 9, output: 9 } },
  });
  const choice = await model.choose({ ...chooseRequest(), model: "gpt-mini" });
  expect(provider.requests[0]?.body).toMatchObject({ model: "gpt-mini" });
  const { usage } = choice;
  expect(usage).toMatchObject({ model: "gpt-mini" });
  expect(usage.costUsd).toBeCloseTo((usage.inputTokens + usage.outputTokens) / 1e6, 12);
});
