import { PermanentError } from "@skytide/errors";
import type { EscalationRaised } from "@skytide/events";
import { describe, expect, test } from "vitest";
import { notify } from "../src/notify.ts";
import { createEscalationRequest } from "../src/request-escalation.ts";
import { createServer } from "../src/server.ts";
import { createNoticeRoom, escalationId, organizationId } from "./notice-room.ts";

const chatIdentityId = "d0000000-0000-4000-8000-000000000001";
const body = {
  organization_id: organizationId,
  chat_identity_id: chatIdentityId,
  phone_number: "3001110001",
  country_code: "+57",
  reason: "Cliente pide un asesor",
};

function setUp({ alreadyOpen = false } = {}) {
  const room = createNoticeRoom();
  const publishedRaised: EscalationRaised[] = [];
  const asked: { summary: string; idempotencyKey: string }[] = [];
  const escalate = createEscalationRequest({
    raiseEscalation: async (escalation) => {
      if (escalation.chatIdentityId !== chatIdentityId) throw new PermanentError("identity-not-found", "No identity.");
      asked.push(escalation);
      return { escalationId, alreadyOpen };
    },
    beginNotice: room.deps.notices.beginNotice,
    publish: async (event) => void publishedRaised.push(event),
    notify: (escalation) => notify(room.deps, escalation),
    now: room.deps.now,
    wait: async (ms) => room.pass(ms),
    policy: { answerWithinMs: 10_000, pollMs: 500 },
  });
  const { metrics, log } = room.deps;
  const server = createServer({ token: "demo-internal-token", escalate, metrics, log, signal: raisedSignal() });
  const post = (payload: object | string, headers: Record<string, string> = {}) =>
    server.inject({
      method: "POST",
      url: "/internal/notify/escalation",
      headers: { authorization: "Bearer demo-internal-token", "content-type": "application/json", ...headers },
      payload,
    });
  return { ...room, post, publishedRaised, asked };
}

const raisedSignal = () => new AbortController().signal;

describe("POST /internal/notify/escalation", () => {
  test("tells staff and says success", async () => {
    const { post, calls, published, publishedRaised } = setUp();
    const response = await post(body);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ success: true });
    expect(calls).toHaveLength(1);
    expect(publishedRaised).toMatchObject([{ type: "escalation.raised", source: "skytide/notifier" }]);
    expect(published).toMatchObject([{ type: "escalation.notified" }]);
  });

  test("asked again for an open escalation says success and tells nobody twice", async () => {
    const { post, calls, publishedRaised, published } = setUp({ alreadyOpen: true });
    await post(body);
    expect((await post(body)).json()).toEqual({ success: true });
    expect(calls).toHaveLength(1);
    expect(published).toHaveLength(1);
    expect(publishedRaised).toEqual([]);
  });

  test("names the fields that are missing", async () => {
    const { post } = setUp();
    const response = await post({ organization_id: organizationId, phone_number: " ", reason: "x" });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      success: false,
      error: "missing or invalid: chat_identity_id, phone_number, country_code",
      fields: ["chat_identity_id", "phone_number", "country_code"],
    });
  });

  test.each(["{", "[]", '"x"', "null"])("answers 400 to the body %s", async (payload) => {
    const { post } = setUp();
    expect((await post(payload)).statusCode).toBe(400);
  });

  test("answers 401 without the token, before it reads the body", async () => {
    const { post, calls } = setUp();
    expect((await post("{", { authorization: "Bearer wrong" })).statusCode).toBe(401);
    expect((await post(body, { authorization: "" })).statusCode).toBe(401);
    expect(calls).toEqual([]);
  });

  test("answers 404 for a conversation of another organization", async () => {
    const { post } = setUp();
    const response = await post({ ...body, chat_identity_id: organizationId });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toEqual({ success: false, error: "unknown_identity" });
  });

  test("says honestly that nobody was reached", async () => {
    const { post, world, published } = setUp();
    world.notice = { ...world.notice, recipients: [] };
    const response = await post(body);
    expect(response.statusCode).toBe(502);
    expect(response.json()).toEqual({ success: false, error: "no_recipient" });
    expect(published).toMatchObject([{ type: "escalation.failed" }]);
  });

  test("says pending when the result takes longer, and leaves it to the worker", async () => {
    const { post, answers } = setUp();
    answers.push({ kind: "uncertain" });
    const response = await post(body);
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ success: false });
  });

  test("passes the caller's idempotency key on", async () => {
    const { post, asked } = setUp();
    await post(body, { "idempotency-key": "crm-1" });
    expect(asked).toMatchObject([{ summary: "Cliente pide un asesor", idempotencyKey: "crm:crm-1" }]);
  });

  test("answers 503 when it cannot be made durable", async () => {
    const { post, deps } = setUp();
    deps.publish = async () => {
      throw new Error("no log");
    };
    const response = await post(body);
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({ success: false, error: "unavailable" });
  });
});
