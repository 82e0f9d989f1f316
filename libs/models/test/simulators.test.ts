import { readFileSync } from "node:fs";
import { test } from "@skytide/testing";
import { describe, expect } from "vitest";
import { createDescriber, createEmbedder, createLanguageModel, WIRES } from "../src/index.ts";
import { askPerson, chooseRequest } from "./requests.ts";

const { signal } = new AbortController();
const asking = chooseRequest({
  history: [{ role: "customer", text: "quiero hablar con un asesor, por favor" }],
  tools: [askPerson],
  allowed: ["ask_person"],
});
const sample = (name: string) => readFileSync(new URL(`../../simulators/samples/${name}`, import.meta.url));

describe.for(WIRES)("wire %s against the simulator", (wire) => {
  const open = (baseUrl: string) =>
    createLanguageModel({ baseUrl, apiKey: "key-1", model: "gpt-4o", wire, maxRetries: 0, timeoutMs: 300 });

  test("a tool is chosen, with tokens", async ({ simulators }) => {
    simulators.control.setOpenAiFaults([]);
    const choice = await open(simulators.openaiUrl).choose(asking);
    expect(choice).toMatchObject({ kind: "chosen", tool: "ask_person" });
    expect(choice.usage.inputTokens).toBeGreaterThan(0);
  });

  test.for([
    ["refusal", { kind: "refused" }],
    ["invalid-json", { kind: "invalid" }],
    ["empty", { kind: "invalid" }],
    ["incomplete", { kind: "invalid", reason: "incomplete" }],
  ] as const)("the fault %s is told apart", async ([kind, expected], { simulators }) => {
    simulators.control.setOpenAiFaults([{ kind }]);
    expect(await open(simulators.openaiUrl).choose(asking)).toMatchObject(expected);
  });

  test.for([
    [{ kind: "status", status: 500 }, "openai-unavailable"],
    [{ kind: "quota" }, "openai-quota"],
    [{ kind: "hang" }, "openai-timeout"],
    [{ kind: "cut" }, "openai-broken-reply"],
    [{ kind: "reset" }, "openai-unreachable"],
  ] as const)("the fault %o is thrown", async ([fault, code], { simulators }) => {
    simulators.control.setOpenAiFaults([fault]);
    const choosing = open(simulators.openaiUrl).choose(asking);
    await expect(choosing).rejects.toMatchObject({ name: "RetryableError", code });
  });
});

test.for([
  ["two-tools", "several_tools"],
  ["wrong-arguments", "wrong_arguments"],
  ["wrong-tool", /unknown_tool|not_offered/],
] as const)("the fault %s of tool calls is told apart", async ([kind, reason], { simulators }) => {
  for (const wire of ["responses", "chat"] as const) {
    simulators.control.setOpenAiFaults([{ kind }]);
    const model = createLanguageModel({ baseUrl: simulators.openaiUrl, apiKey: "key-1", model: "gpt-4o", wire });
    expect(await model.choose(asking)).toMatchObject({ kind: "invalid", reason: expect.stringMatching(reason) });
  }
});

test("texts become vectors of the knowledge base's length", async ({ simulators }) => {
  simulators.control.setOpenAiFaults([]);
  const embedder = createEmbedder({ baseUrl: simulators.openaiUrl, apiKey: "key-1", model: "text-embedding-3-small" });
  const { vectors } = await embedder.embed(["precio de la limpieza", "horario"], { signal });
  expect(vectors.map((vector) => vector.length)).toEqual([1536, 1536]);
});

describe("the describer against the simulator", () => {
  const open = (baseUrl: string) =>
    createDescriber({ baseUrl, apiKey: "key-1", model: "gemini-flash", maxRetries: 0, timeoutMs: 300 });
  const voice = { kind: "audio", mimeType: "audio/ogg; codecs=opus", signal } as const;

  test("voice notes and pictures become words, noise becomes nothing", async ({ simulators }) => {
    simulators.control.setGeminiFaults([]);
    const describer = open(simulators.geminiUrl);
    expect(await describer.describe({ ...voice, bytes: sample("nota-cita.ogg") })).toMatchObject({
      kind: "text",
      text: expect.stringContaining("cita para mañana"),
    });
    const picture = { kind: "image", mimeType: "image/png", bytes: sample("foto-comprobante.png"), signal } as const;
    expect(await describer.describe(picture)).toMatchObject({ kind: "text", text: expect.stringContaining("$80.000") });
    expect(await describer.describe({ ...voice, bytes: Buffer.from("OggS noise") })).toMatchObject({ kind: "empty" });
  });

  test.for(["blocked", "safety", "empty"] as const)("the fault %s is told apart", async (kind, { simulators }) => {
    simulators.control.setGeminiFaults([{ kind }]);
    const described = await open(simulators.geminiUrl).describe({ ...voice, bytes: sample("nota-cita.ogg") });
    expect(described).toMatchObject({ kind: kind === "empty" ? "empty" : "blocked" });
  });

  test.for([
    [{ kind: "status", status: 503 }, "gemini-unavailable"],
    [{ kind: "hang" }, "gemini-timeout"],
    [{ kind: "cut" }, "gemini-broken-reply"],
    [{ kind: "reset" }, "gemini-unreachable"],
  ] as const)("the fault %o is thrown", async ([fault, code], { simulators }) => {
    simulators.control.setGeminiFaults([fault]);
    const describing = open(simulators.geminiUrl).describe({ ...voice, bytes: sample("nota-cita.ogg") });
    await expect(describing).rejects.toMatchObject({ name: "RetryableError", code });
  });
});
