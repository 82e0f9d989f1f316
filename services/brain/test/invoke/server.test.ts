import { createLogger } from "@skytide/telemetry";
import { expect, test } from "vitest";
import type { InvokeOutcome } from "../../src/invoke/invoke.ts";
import { createServer } from "../../src/invoke/server.ts";
import { invokeTokensSchema } from "../../src/invoke/tokens.ts";

const aurora = "a0000000-0000-4000-8000-000000000001";
const brisa = "b0000000-0000-4000-8000-000000000002";
const tokens = invokeTokensSchema.parse(
  `${aurora}:token-of-aurora-1,${aurora}:token-of-aurora-2,${brisa}:token-of-brisa-1`,
);
const log = createLogger({ service: "test", stage: "brain", version: "0", level: "silent" });
const body = {
  organizationId: aurora,
  chatIdentityId: "c0000000-0000-4000-8000-000000000001",
  phone: "573001110001",
  phoneNumber: "3001110001",
  countryCode: "+57",
  message: "hola",
};

function door(outcome: InvokeOutcome | Error = { kind: "answered", response: "¡Hola!", botEnabled: true }) {
  const asked: unknown[] = [];
  const counted: string[] = [];
  const server = createServer({
    tokens,
    log,
    signal: new AbortController().signal,
    metrics: { invoked: (name) => void counted.push(name) },
    async invoke(request) {
      asked.push(request);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  });
  const post = (payload: unknown, token = "token-of-aurora-1", headers: Record<string, string> = {}) =>
    server.inject({
      method: "POST",
      url: "/invoke",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    });
  return { post, asked, counted };
}

test("an organization's token asks for its own conversations, either of two while it changes", async () => {
  const { post, counted } = door();
  for (const token of ["token-of-aurora-1", "token-of-aurora-2"]) {
    const answer = await post(body, token);
    expect([answer.statusCode, answer.json()]).toEqual([200, { response: "¡Hola!", botEnabled: true }]);
  }
  expect(counted).toEqual(["answered", "answered"]);
});

test("no token, a wrong one and another organization's open nothing", async () => {
  const { post, asked, counted } = door();
  expect((await post(body, "")).statusCode).toBe(401);
  expect((await post(body, "token-of-aurora-3")).statusCode).toBe(401);
  expect((await post(body, "token-of-brisa-1")).statusCode).toBe(403);
  expect((await post({ ...body, organizationId: brisa })).statusCode).toBe(403);
  expect(asked).toEqual([]);
  expect(new Set(counted)).toEqual(new Set(["unauthorized"]));
});

test("bad input is told by the names of its fields and by nothing that was in them", async () => {
  const { post } = door();
  const { message: _, ...without } = body;
  const bad = { ...without, chatIdentityId: "573001110001", recentMessages: [{ role: "system", content: "x" }] };
  const answer = await post(bad);
  expect([answer.statusCode, answer.json()]).toEqual([
    400,
    { error: "invalid_request", fields: ["chatIdentityId", "message", "recentMessages"] },
  ]);
  expect((await post("{")).json()).toEqual({ error: "invalid_request", fields: ["body"] });
  expect((await post({ ...body, message: "   " })).json()).toEqual({ error: "invalid_request", fields: ["message"] });
  expect((await post({ ...body, message: "x".repeat(4_097) })).statusCode).toBe(400);
  expect((await post({ ...body, message: "x".repeat(500_000) })).statusCode).toBe(413);
  expect((await post(body, undefined, { "idempotency-key": "x".repeat(201) })).json()).toEqual({
    error: "invalid_request",
    fields: ["Idempotency-Key"],
  });
});

test.for([
  [{ kind: "not_found" }, 404, { error: "unknown_conversation" }],
  [{ kind: "busy" }, 409, { error: "busy" }],
  [{ kind: "key_used" }, 409, { error: "idempotency_key_used" }],
  [{ kind: "answered", response: "", botEnabled: false }, 200, { response: "", botEnabled: false }],
  [new Error("573001110001 is away"), 503, { error: "unavailable" }],
] as const)("what came of it has its own status: %o", async ([outcome, status, json]) => {
  const answer = await door(outcome).post(body);
  expect([answer.statusCode, answer.json()]).toEqual([status, json]);
});

test("a caller's key travels with its message", async () => {
  const { post, asked } = door();
  await post(body, undefined, { "idempotency-key": "order-1" });
  expect(asked).toMatchObject([{ idempotencyKey: "order-1", body: { message: "hola" } }]);
});
