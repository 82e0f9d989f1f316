import { describe, expect } from "vitest";
import { z } from "zod";
import type { Simulators } from "../src/index.ts";
import { test } from "./setup.ts";
import { FACIAL, flatTool, TOOLS } from "./tools.ts";

async function post(simulators: Simulators, path: string, body: object, key = "Bearer test") {
  const response = await fetch(`${simulators.openaiUrl}/${path}`, {
    method: "POST",
    headers: { authorization: key, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { response, status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const passages = [
  "<passages>",
  '<passage title="Precios">\nLa limpieza facial profunda cuesta $120.000. El masaje relajante cuesta $150.000.\n</passage>',
  '<passage title="Ubicación">\nEstamos en la Carrera 15 #93-47, Bogotá. Hay parqueadero para clientes.\n</passage>',
  "</passages>",
].join("\n");
const phrase = (question: string) => ({
  model: "gpt-test",
  instructions: "If the passages do not answer the question, write exactly NO_ANSWER.",
  input: [{ role: "developer", content: `${passages}\n<question>${question}</question>` }],
});
const decide = (text: string) => ({
  model: "gpt-test",
  input: [{ role: "user", content: text }],
  tools: [flatTool("ask_person"), flatTool("not_understood")],
  tool_choice: "required",
});

describe("the Responses API", () => {
  test("answers with a function call and every field that its description requires", async ({ simulators }) => {
    const { response, status, body } = await post(simulators, "responses", { ...decide("un asesor"), store: false });
    expect(status).toBe(200);
    expect(response.headers.get("x-skytide-simulator")).toBe("openai");
    expect(body).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: "response",
      status: "completed",
      error: null,
      incomplete_details: null,
      model: "gpt-test",
      store: false,
      output: [
        {
          type: "function_call",
          id: expect.stringMatching(/^fc_/),
          call_id: expect.stringMatching(/^call_/),
          status: "completed",
          name: "ask_person",
          arguments: expect.any(String),
        },
      ],
      usage: {
        input_tokens: expect.any(Number),
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: expect.any(Number),
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: expect.any(Number),
      },
    });
  });

  test.for([
    ["¿Cuánto vale la limpieza facial?", "La limpieza facial profunda cuesta $120.000."],
    ["¿Dónde quedan?", "Estamos en la Carrera 15 #93-47, Bogotá."],
    ["¿Hacen tatuajes?", "NO_ANSWER"],
  ])("answers «%s» with sentences of the passages only", async ([question, answer], { simulators }) => {
    const { body } = await post(simulators, "responses", phrase(question ?? ""));
    expect(body.output).toMatchObject([
      { type: "message", content: [{ type: "output_text", text: answer, annotations: [] }] },
    ]);
  });

  test("counts the second prompt with the same long beginning as cached", async ({ simulators }) => {
    const long = { ...decide("hola"), instructions: "Reglas. ".repeat(800) };
    const first = await post(simulators, "responses", long);
    const second = await post(simulators, "responses", long);
    expect(first.body.usage).toMatchObject({ input_tokens_details: { cached_tokens: 0 } });
    const cached = z.object({ input_tokens_details: z.object({ cached_tokens: z.number() }) }).parse(second.body.usage);
    expect(cached.input_tokens_details.cached_tokens).toBeGreaterThanOrEqual(1024);
  });

  test.for<[string, object, string]>([
    ["a tool name with a dot", { tools: [{ type: "function", name: "agent.book" }] }, "tools"],
    [
      "a strict schema with an optional property",
      {
        tools: [
          {
            type: "function",
            name: "book",
            strict: true,
            parameters: {
              type: "object",
              properties: { day: { type: "string" } },
              required: [],
              additionalProperties: false,
            },
          },
        ],
      },
      "tools",
    ],
    [
      "an allowed tool that does not exist",
      {
        ...decide("hola"),
        tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "fly" }] },
      },
      "tool_choice",
    ],
    ["too few output tokens", { max_output_tokens: 8 }, "max_output_tokens"],
  ])("refuses %s", async ([_, fields, param], { simulators }) => {
    const { status, body } = await post(simulators, "responses", { model: "gpt-test", input: "Hola", ...fields });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ type: "invalid_request_error", param });
  });

  test("refuses a call without a key", async ({ simulators }) => {
    expect((await post(simulators, "responses", decide("hola"), "")).status).toBe(401);
  });
});

describe("chat completions", () => {
  const message = { role: "user", content: "quiero una limpieza facial" };

  test("answer with a tool call, a refusal field and usage details", async ({ simulators }) => {
    const { description, schema } = TOOLS.book;
    const tool = {
      type: "function",
      function: { name: "book", description, parameters: z.toJSONSchema(schema), strict: true },
    };
    const { body } = await post(simulators, "chat/completions", {
      model: "m",
      messages: [message],
      tools: [tool],
      tool_choice: "required",
    });
    expect(body).toMatchObject({
      object: "chat.completion",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          logprobs: null,
          message: {
            role: "assistant",
            content: null,
            refusal: null,
            tool_calls: [{ type: "function", function: { name: "book" } }],
          },
        },
      ],
      usage: { prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
    });
  });

  test("fill a JSON schema that is a union of tools", async ({ simulators }) => {
    const branch = (name: "book" | "greet") => ({
      type: "object",
      properties: { tool: { type: "string", enum: [name] }, arguments: z.toJSONSchema(TOOLS[name].schema) },
      required: ["tool", "arguments"],
      additionalProperties: false,
    });
    const schema = {
      type: "object",
      properties: { action: { anyOf: [branch("book"), branch("greet")] } },
      required: ["action"],
      additionalProperties: false,
    };
    const { body } = await post(simulators, "chat/completions", {
      model: "m",
      messages: [message],
      response_format: { type: "json_schema", json_schema: { name: "decision", strict: true, schema } },
    });
    const [choice] = z
      .object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) })
      .parse(body).choices;
    expect(JSON.parse(choice?.message.content ?? "")).toMatchObject({
      action: { tool: "book", arguments: { service_id: FACIAL } },
    });
  });
});

describe("embeddings", () => {
  const embed = async (simulators: Simulators, input: string[], more = {}) =>
    z
      .object({
        data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })),
        usage: z.object({ prompt_tokens: z.number() }),
      })
      .parse((await post(simulators, "embeddings", { model: "text-embedding-3-small", input, ...more })).body).data;
  const dot = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

  test("are the same for the same text, normalised, and near for texts of one meaning", async ({ simulators }) => {
    const texts = [
      "¿Cuánto cuesta la limpieza facial?",
      "Precio de limpieza facial",
      "Horario de atención los sábados",
    ];
    const [question, price, hours] = await embed(simulators, texts);
    const [again] = await embed(simulators, texts.slice(0, 1));
    expect(question?.embedding).toHaveLength(1536);
    expect(question?.embedding).toEqual(again?.embedding);
    expect(dot(question?.embedding, question?.embedding)).toBeCloseTo(1);
    expect(dot(question?.embedding, price?.embedding)).toBeGreaterThan(0.6);
    expect(dot(question?.embedding, hours?.embedding)).toBeLessThan(0.3);
  });

  test("come in the dimensions and the encoding that were asked for", async ({ simulators }) => {
    expect((await embed(simulators, ["hola"], { dimensions: 256 }))[0]?.embedding).toHaveLength(256);
    const { body } = await post(simulators, "embeddings", { model: "m", input: "hola", encoding_format: "base64" });
    const [first] = z.object({ data: z.array(z.object({ embedding: z.string() })) }).parse(body).data;
    expect(Buffer.from(first?.embedding ?? "", "base64")).toHaveLength(1536 * 4);
  });

  test("refuse an empty text", async ({ simulators }) => {
    expect((await post(simulators, "embeddings", { model: "m", input: [""] })).status).toBe(400);
  });
});

describe("faults of the model", () => {
  test.for<[Parameters<Simulators["control"]["setOpenAiFaults"]>[0][number], object]>([
    [{ kind: "wrong-tool" }, { output: [{ name: "delete_everything" }] }],
    [{ kind: "two-tools" }, { output: [{ name: "ask_person" }, { name: "not_understood" }] }],
    [{ kind: "empty" }, { output: [] }],
    [{ kind: "refusal" }, { output: [{ content: [{ type: "refusal" }] }] }],
    [{ kind: "incomplete" }, { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }],
    [{ kind: "quota" }, { error: { code: "insufficient_quota" } }],
    [{ kind: "status", status: 500 }, { error: { type: "server_error" } }],
    [{ kind: "status", status: 429 }, { error: { code: "rate_limit_exceeded" } }],
  ])("%o strikes once", async ([fault, expected], { simulators }) => {
    simulators.control.setOpenAiFaults([{ ...fault, times: 1 }]);
    expect((await post(simulators, "responses", decide("un asesor"))).body).toMatchObject(expected);
    expect((await post(simulators, "responses", decide("un asesor"))).body).toMatchObject({
      output: [{ name: "ask_person" }],
    });
  });

  test("arguments that are no JSON, or break the schema", async ({ simulators }) => {
    simulators.control.setOpenAiFaults([{ kind: "invalid-json", times: 1 }]);
    const broken = await post(simulators, "responses", decide("un asesor"));
    simulators.control.setOpenAiFaults([{ kind: "wrong-arguments", times: 1 }]);
    const wrong = await post(simulators, "responses", decide("un asesor"));
    const argumentsOf = ({ body }: typeof broken) =>
      z.object({ output: z.array(z.object({ arguments: z.string() })) }).parse(body).output[0]?.arguments ?? "";
    expect(() => JSON.parse(argumentsOf(broken))).toThrow();
    expect(TOOLS.ask_person.schema.safeParse(JSON.parse(argumentsOf(wrong))).success).toBe(false);
  });

  test("strike one endpoint and leave the others alone; calls and tools are counted", async ({ simulators }) => {
    simulators.control.setOpenAiFaults([{ kind: "status", status: 503, path: "embeddings" }]);
    expect((await post(simulators, "embeddings", { model: "m", input: "hola" })).status).toBe(503);
    expect((await post(simulators, "responses", decide("un asesor"))).status).toBe(200);
    expect(simulators.control.stats().openai).toEqual({
      calls: { "embeddings 503": 1, "responses 200": 1 },
      tokens: { input: expect.any(Number), cached: 0, output: expect.any(Number) },
      tools: { ask_person: 1 },
    });
  });
});
