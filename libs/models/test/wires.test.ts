import { describe, expect } from "vitest";
import { createLanguageModel, type Wire } from "../src/index.ts";
import { fixture, json, test } from "./provider.ts";
import { askPerson, chooseRequest } from "./requests.ts";

const prices = { "gpt-4o": { input: 2.5, cachedInput: 1.25, output: 10 } };
const open = (url: string, wire: Wire) =>
  createLanguageModel({ baseUrl: `${url}/v1`, apiKey: "key-1", model: "gpt-4o", wire, prices, maxRetries: 0 });

const dateSchema = {
  type: "object",
  properties: {
    day: { type: "string", enum: ["today", "tomorrow"], description: "Which day." },
    number: { anyOf: [{ type: "integer", minimum: 1, maximum: 31 }, { type: "null" }] },
  },
  required: ["day", "number"],
  additionalProperties: false,
};

/** A reply in which the model says `calls`, or `text` where there are none. */
function saying(wire: Wire, calls: { name: string; arguments: string }[], text = ""): unknown {
  if (wire === "responses") {
    const output = calls.map((call) => ({ type: "function_call", status: "completed", ...call }));
    const message = { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
    return { ...fixture("responses-text"), output: calls.length > 0 ? output : [message] };
  }
  const toolCalls = calls.map((call) => ({ id: "call_1", type: "function", function: call }));
  const message =
    wire === "chat"
      ? { role: "assistant", content: text, tool_calls: toolCalls }
      : { role: "assistant", content: asDecision(calls, text) };
  return { ...fixture("chat-text"), choices: [{ index: 0, message, finish_reason: "stop" }] };
}

function asDecision(calls: { name: string; arguments: string }[], text: string): string {
  const [call] = calls;
  return call ? `{"action":{"tool":"${call.name}","arguments":${call.arguments}}}` : text;
}

describe.for<Wire>(["responses", "chat", "json"])("wire %s", (wire) => {
  const rightCall = { name: "give_date", arguments: '{"day":"tomorrow","number":null}' };

  test("a chosen tool comes with its parsed arguments, tokens and cost", async ({ provider }) => {
    const recorded = fixture(wire === "responses" ? "responses-function-call" : "chat-tool-call");
    provider.replies.push(json(recorded));
    expect(await open(provider.url, wire).choose(chooseRequest())).toEqual({
      kind: "chosen",
      tool: "give_date",
      arguments: { day: "tomorrow", number: null },
      usage: {
        model: "gpt-4o",
        inputTokens: 1500,
        cachedInputTokens: 1024,
        outputTokens: 20,
        costUsd: (476 * 2.5 + 1024 * 1.25 + 20 * 10) / 1e6,
      },
    });
    expect(provider.requests[0]?.headers.authorization).toBe("Bearer key-1");
  });

  test.for([
    ["a tool that does not exist", { name: "drop_table", arguments: "{}" }, "unknown_tool"],
    ["a tool that is not offered", { name: "ask_person", arguments: '{"reason":"x"}' }, "not_offered"],
    ["an extra field", { name: "give_date", arguments: '{"day":"today","number":1,"org":"x"}' }, "wrong_arguments"],
    ["a missing field", { name: "give_date", arguments: '{"day":"today"}' }, "wrong_arguments"],
    ["a value that is not listed", { name: "give_date", arguments: '{"day":"ayer","number":1}' }, "wrong_arguments"],
    ["null for arguments", { name: "give_date", arguments: "null" }, "wrong_arguments"],
  ] as const)("%s is an invalid answer that quotes nothing", async ([, call, reason], { provider }) => {
    provider.replies.push(json(saying(wire, [call])));
    const choice = await open(provider.url, wire).choose(chooseRequest());
    expect(choice).toMatchObject({ kind: "invalid", reason, usage: { inputTokens: 36 } });
    expect(JSON.stringify(choice)).not.toMatch(/ayer|drop_table|org/);
  });

  test("words instead of a choice are an invalid answer", async ({ provider }) => {
    provider.replies.push(json(saying(wire, [], "¡Claro que sí!")));
    expect(await open(provider.url, wire).choose(chooseRequest())).toMatchObject({
      kind: "invalid",
      reason: "no_tool",
    });
  });

  test("a text comes trimmed, an empty one is an invalid answer", async ({ provider }) => {
    provider.replies.push(json(saying(wire, [], " Abrimos a las 8. \n")), json(saying(wire, [], " ")));
    const model = open(provider.url, wire);
    expect(await model.write(chooseRequest())).toMatchObject({ kind: "text", text: "Abrimos a las 8." });
    expect(await model.write(chooseRequest())).toMatchObject({ kind: "invalid", reason: "empty" });
  });

  test("an answer cut at its token limit is invalid, whatever it holds", async ({ provider }) => {
    const whole = saying(wire, [rightCall]) as { choices?: object[] };
    const choices = whole.choices?.map((choice) => ({ ...choice, finish_reason: "length" }));
    const incomplete = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    provider.replies.push(json(wire === "responses" ? { ...whole, ...incomplete } : { ...whole, choices }));
    const model = open(provider.url, wire);
    expect(await model.choose(chooseRequest())).toMatchObject({ kind: "invalid", reason: "incomplete" });
    expect(await model.write(chooseRequest())).toMatchObject({ kind: "invalid", reason: "incomplete" });
  });

  test("a refusal is an answer of its own", async ({ provider }) => {
    const refusal = [{ type: "message", content: [{ type: "refusal", refusal: "I can't help with that." }] }];
    const choices = [{ index: 0, message: { content: null, refusal: "I can't help." }, finish_reason: "stop" }];
    provider.replies.push(
      json(
        wire === "responses" ? { ...fixture("responses-text"), output: refusal } : { ...fixture("chat-text"), choices },
      ),
    );
    expect(await open(provider.url, wire).choose(chooseRequest())).toMatchObject({ kind: "refused" });
    expect(await open(provider.url, wire).write(chooseRequest())).toMatchObject({ kind: "refused" });
  });

  test("an offer of nothing, or of something that is not in the list, is a mistake of ours", async ({ provider }) => {
    const model = open(provider.url, wire);
    await expect(model.choose(chooseRequest({ allowed: [] }))).rejects.toThrow(RangeError);
    await expect(model.choose(chooseRequest({ allowed: ["give_date", "fly"] }))).rejects.toThrow(RangeError);
    expect(provider.requests).toHaveLength(0);
  });
});

test("two calls at once are an invalid answer", async ({ provider }) => {
  const twice = [
    { name: "give_date", arguments: '{"day":"today","number":null}' },
    { name: "give_date", arguments: '{"day":"tomorrow","number":null}' },
  ];
  provider.replies.push(json(saying("responses", twice)), json(saying("chat", twice)));
  for (const wire of ["responses", "chat"] as const)
    expect(await open(provider.url, wire).choose(chooseRequest())).toMatchObject({
      kind: "invalid",
      reason: "several_tools",
    });
});

test("arguments that are not JSON are an invalid answer", async ({ provider }) => {
  const broken = [{ name: "give_date", arguments: '{"day":"tomo' }];
  provider.replies.push(json(saying("responses", broken)), json(saying("chat", broken)));
  for (const wire of ["responses", "chat"] as const)
    expect(await open(provider.url, wire).choose(chooseRequest())).toMatchObject({
      kind: "invalid",
      reason: "broken_json",
    });
});

test("the responses wire sends the whole tool list, narrows it, and keeps nothing at the provider", async ({
  provider,
}) => {
  provider.replies.push(json(fixture("responses-function-call")));
  await open(provider.url, "responses").choose(chooseRequest({ cacheKey: "org-1", safetyId: "k1_hash" }));
  expect(provider.requests[0]?.path).toBe("/v1/responses");
  expect(provider.requests[0]?.body).toEqual({
    model: "gpt-4o",
    instructions: "You are the agent of a clinic.",
    input: [
      { role: "user", content: "Hola" },
      { role: "assistant", content: "¿Para qué día?\n[A person of the business wrote] Ya le ayudamos." },
      { role: "user", content: "Para\nmañana" },
      { role: "developer", content: "state: choosing a date" },
    ],
    max_output_tokens: 2048,
    store: false,
    prompt_cache_key: "org-1",
    safety_identifier: "k1_hash",
    tools: [
      {
        type: "function",
        name: "give_date",
        description: "The customer named a day.",
        parameters: dateSchema,
        strict: true,
      },
      {
        type: "function",
        name: "ask_person",
        description: "The customer wants a person.",
        parameters: {
          type: "object",
          properties: { reason: { type: "string" } },
          required: ["reason"],
          additionalProperties: false,
        },
        strict: true,
      },
    ],
    tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "give_date" }] },
    parallel_tool_calls: false,
  });
});

test("the chat wire sends only what is offered and no field that a compatible server may not know", async ({
  provider,
}) => {
  provider.replies.push(json(fixture("chat-tool-call")));
  await open(provider.url, "chat").choose(chooseRequest({ cacheKey: "org-1", safetyId: "k1_hash" }));
  expect(provider.requests[0]?.path).toBe("/v1/chat/completions");
  const { messages, ...rest } = provider.requests[0]?.body ?? {};
  expect(messages.map(({ role }: { role: string }) => role)).toEqual(["system", "user", "assistant", "user", "system"]);
  expect(rest).toEqual({
    model: "gpt-4o",
    max_completion_tokens: 2048,
    tools: [
      {
        type: "function",
        function: { name: "give_date", description: "The customer named a day.", parameters: dateSchema, strict: true },
      },
    ],
    tool_choice: "required",
    parallel_tool_calls: false,
  });
});

test("the json wire asks for one object that names an offered tool, with one system message", async ({ provider }) => {
  provider.replies.push(json(saying("json", [{ name: "give_date", arguments: '{"day":"today","number":3}' }])));
  const choice = await open(provider.url, "json").choose(chooseRequest());
  expect(choice).toMatchObject({ kind: "chosen", arguments: { day: "today", number: 3 } });
  const { messages, response_format: format, ...rest } = provider.requests[0]?.body ?? {};
  expect(rest).toEqual({ model: "gpt-4o", max_completion_tokens: 2048 });
  expect(messages.map(({ role }: { role: string }) => role)).toEqual(["system", "user", "assistant", "user"]);
  expect(messages[0].content).toContain("- give_date: The customer named a day.");
  expect(messages[0].content).not.toContain(askPerson.name);
  expect(messages[0].content.endsWith("state: choosing a date")).toBe(true);
  expect(format).toMatchObject({
    type: "json_schema",
    json_schema: {
      strict: true,
      schema: {
        properties: {
          action: {
            anyOf: [{ properties: { tool: { type: "string", enum: ["give_date"] }, arguments: dateSchema } }],
          },
        },
      },
    },
  });
});
