import { PermanentError, RetryableError } from "@skytide/errors";
import { chatOf, inboundEventId, parseEvent } from "@skytide/events";
import {
  documentedBodies,
  v2Body,
  v2Message,
  v2Receipt,
  v3Body,
  v3Echo,
  v3Message,
  v3Status,
} from "@skytide/gupshup/testing";
import { describe, expect, test } from "vitest";
import { aurora, brisa, createTestHandler, hashKeys } from "./builders.ts";

const hello = v2Message("text", { text: "Hola" }, { id: "wamid.1" });
const chat = chatOf(hashKeys, aurora.organizationId, "whatsapp", "573001110001");

describe("a message", () => {
  test("becomes one message.received of its conversation", async () => {
    const { post, published } = await createTestHandler();
    expect(await post(hello)).toEqual({ status: 200, kind: "message", outcome: "accepted" });
    expect(published).toMatchObject([
      {
        type: "message.received",
        id: inboundEventId(hashKeys, aurora.organizationId, "wamid.1"),
        subject: `conv.${aurora.organizationId}.${chat}.inbound`,
        traceparent: expect.stringMatching(/^00-/),
        data: {
          customer: { platformUserId: "573001110001", phone: "573001110001", name: "Laura" },
          content: { kind: "text", text: "Hola" },
          app: "AuroraDemo",
          receivedVia: "gupshup-v2",
          receivedAt: "2026-11-23T15:00:00.000Z",
        },
      },
    ]);
  });

  test("that comes twice, or once in each format, is one event", async () => {
    const { post, published } = await createTestHandler();
    const twin = v3Message("text", { text: { body: "Hola" } }, { id: "wamid.1" });
    expect(await post({ ...hello, timestamp: 1_790_000_099_000 })).toMatchObject({ outcome: "accepted" });
    expect(await post(hello)).toMatchObject({ status: 200, outcome: "duplicate" });
    expect(await post(twin)).toMatchObject({ status: 200, outcome: "duplicate" });
    expect(published).toHaveLength(1);
  });

  test("of a customer without a phone is a conversation by the user id", async () => {
    const { post, published } = await createTestHandler();
    await post(v3Body({ messages: [{ id: "1", from_user_id: "CO.1648", type: "text", text: { body: "Hola" } }] }));
    expect(published).toMatchObject([{ data: { customer: { platformUserId: "CO.1648", userId: "CO.1648" } } }]);
  });

  test("without a clock of its own was sent when it arrived", async () => {
    const { post, published } = await createTestHandler();
    await post({ ...hello, timestamp: "soon" });
    expect(published).toMatchObject([{ data: { sentAt: "2026-11-23T15:00:00.000Z" } }]);
  });

  test("from the business's own number is ignored", async () => {
    const { post, published, counter } = await createTestHandler();
    const echo = v2Message("text", { text: "Hola" }, { phone: "573000000001" });
    expect(await post(echo)).toMatchObject({ status: 200, outcome: "ignored" });
    expect(published).toEqual([]);
    expect(await counter('skytide_webhook_items_total{item="own_number"}')).toBe(1);
  });

  test("of two organizations from one customer is two conversations", async () => {
    const { post, published } = await createTestHandler();
    await post(hello);
    await post(v2Message("text", { text: "Hola" }, { id: "wamid.1" }, "BrisaDemo"), "demo-secret-brisa");
    expect(new Set(published.map(({ id }) => id)).size).toBe(2);
    expect(new Set(published.map((event) => event.chat)).size).toBe(2);
    expect(published[1]?.org).toBe(brisa.organizationId);
  });

  test("of a kind that nobody knows is recorded as unsupported and counted", async () => {
    const { post, published, counter } = await createTestHandler();
    expect(await post(v2Message("poll_creation", {}))).toMatchObject({ status: 200, outcome: "accepted" });
    expect(published).toMatchObject([{ data: { content: { kind: "unsupported", what: "poll_creation" } } }]);
    expect(await counter('skytide_webhook_unresolved_total{reason="unsupported_type"}')).toBe(1);
  });
});

describe("what is no message:", () => {
  test("a reaction is counted and starts nothing", async () => {
    const { post, published, counter } = await createTestHandler();
    expect(await post(v2Message("reaction", { emoji: "👍" }))).toEqual({
      status: 200,
      kind: "message",
      outcome: "ignored",
    });
    expect(published).toEqual([]);
    expect(await counter('skytide_webhook_items_total{item="reaction"}')).toBe(1);
  });

  test("a message taken back names the event that it takes back", async () => {
    const { post, published } = await createTestHandler();
    await post(hello);
    await post(v2Receipt({ type: "deleted", id: "wamid.1", gsId: undefined }));
    expect(published[1]).toMatchObject({ type: "message.deleted", chat, data: { messageId: published[0]?.id } });
  });

  test.each([
    ["enqueued", "reply.accepted"],
    ["sent", "reply.accepted"],
    ["delivered", "reply.delivered"],
    ["read", "reply.read"],
    ["failed", "reply.failed"],
  ])("a receipt %s becomes %s of the receiver's conversation", async (type, event) => {
    const { post, published } = await createTestHandler();
    expect(await post(v2Receipt({ type, payload: { ts: 1_790_000_100, code: 131_047 } }))).toMatchObject({
      status: 200,
      kind: "receipt",
    });
    expect(published).toMatchObject([
      { type: event, chat, data: { providerMessageId: "send-1", otherIds: ["other-1"] } },
    ]);
    expect(published.map(parseEvent)).toMatchObject([{ kind: "event" }]);
  });

  test("the receipts of a message are one event per status, in whichever format", async () => {
    const { post, published } = await createTestHandler();
    await post(v2Receipt());
    expect(await post(v3Status())).toMatchObject({ outcome: "duplicate" });
    await post(v3Status({ status: "read" }));
    expect(published.map(({ type }) => type)).toEqual(["reply.delivered", "reply.read"]);
  });

  test("a failure keeps the provider's number", async () => {
    const { post, published } = await createTestHandler();
    await post(v3Status({ status: "failed", errors: [{ code: 131_047 }] }));
    expect(published).toMatchObject([{ data: { code: "provider", providerCode: 131_047 } }]);
  });

  test("staff who answer from the phone silence the agent and are on record", async () => {
    const { post, published } = await createTestHandler();
    expect(await post(v3Echo("Ya te atiendo"))).toMatchObject({ status: 200, outcome: "accepted" });
    expect(published).toMatchObject([
      { type: "reply.echoed", chat, data: { text: "Ya te atiendo" } },
      { type: "bot.paused", chat, data: { reason: "staff_echo" } },
    ]);
    expect(await post(v3Echo("Ya te atiendo"))).toMatchObject({ outcome: "duplicate" });
  });

  test.each([
    ["a connectivity check", v2Body("platform-event", { type: "connectivity-check" }), "probe"],
    ["a saved URL", v2Body("user-event", { phone: "callbackSetPhone", type: "sandbox-start" }), "probe"],
    ["billing", v2Body("billing-event", {}), "ignored"],
    ["a type that nobody knows", v2Body("weather-event", {}), "ignored"],
  ])("%s is answered 200 and counted", async (_, body, item) => {
    const { post, published, counter } = await createTestHandler();
    expect(await post(body)).toEqual({ status: 200, kind: "other", outcome: "ignored" });
    expect(published).toEqual([]);
    expect(await counter(`skytide_webhook_items_total{item="${item}"}`)).toBe(1);
  });

  test("an answer to a staff notice never enters a conversation", async () => {
    const { post, published, counter } = await createTestHandler();
    const answer = v2Message("text", { text: "Voy" }, {}, "SkytideAvisos");
    expect(await post(answer, undefined)).toMatchObject({ status: 200, outcome: "ignored" });
    expect(published).toEqual([]);
    expect(await counter('skytide_webhook_items_total{item="notification"}')).toBe(1);
  });

  test("an answer to a staff notice whose app is a connection too stays out, by name or id", async () => {
    const avisos = { ...brisa, appName: "SkytideAvisos", appId: "av-1" };
    const { post, published } = await createTestHandler({ rows: [aurora, avisos] });
    const message = { from: "573009990001", id: "1", type: "text", text: { body: "Voy" } };
    expect(await post(v3Body({ messages: [message] }, "messages", "av-1"))).toMatchObject({
      status: 200,
      outcome: "ignored",
    });
    expect(published).toEqual([]);
  });
});

describe("who calls:", () => {
  test.each([
    ["no secret", undefined],
    ["a wrong secret", "demo-secret-auror"],
    ["another organization's secret", "demo-secret-brisa"],
    ["an empty secret", ""],
  ])("%s is refused", async (_, secret) => {
    const { handle, published, counter } = await createTestHandler();
    const call = { body: JSON.stringify(hello), secrets: [secret] };
    expect(await handle(call)).toEqual({ status: 401, kind: "message", outcome: "rejected" });
    expect(published).toEqual([]);
    expect(await counter('skytide_webhook_unresolved_total{reason="bad_signature"}')).toBe(1);
  });

  test("a connection without a secret is served and counted", async () => {
    const { post, counter } = await createTestHandler({ rows: [{ ...aurora, webhookSecret: null }] });
    expect(await post(hello, undefined)).toMatchObject({ status: 200, outcome: "accepted" });
    expect(await counter("skytide_webhook_unverified_total")).toBe(1);
  });

  test("a connection without a secret is refused where one is required", async () => {
    const { post } = await createTestHandler({ rows: [{ ...aurora, webhookSecret: null }], secretRequired: true });
    expect(await post(hello, undefined)).toMatchObject({ status: 401 });
  });

  test.each([
    ["an app that nobody has", { ...hello, app: "NoSuchApp99" }],
    ["an app that is not named", { ...hello, app: undefined }],
    ["an app whose id belongs to another", { ...hello, appId: "b0000000-0000-4000-8000-00000000a992" }],
    ["a v3 app that nobody has", v3Body({}, "messages", "no-such-id")],
  ])("%s is not found", async (_, body) => {
    const { post, published, counter } = await createTestHandler();
    expect(await post(body)).toMatchObject({ status: 404, outcome: "rejected" });
    expect(published).toEqual([]);
    expect(await counter('skytide_webhook_unresolved_total{reason="unknown_app"}')).toBe(1);
  });

  test("an app that is switched off is not found", async () => {
    const { post } = await createTestHandler({ rows: [{ ...aurora, isActive: false }] });
    expect(await post(hello)).toMatchObject({ status: 404 });
  });

  test("nobody is known before the connections were read", async () => {
    const { post } = await createTestHandler({ connections: { resolve: () => ({ kind: "not-loaded" }) } });
    expect(await post(hello)).toEqual({ status: 503, kind: "message", outcome: "error" });
  });
});

describe("what cannot be taken in:", () => {
  test.each([
    "",
    "{",
    "null",
    "[]",
    '"x"',
    "42",
    '{"mobile":"573001110001"}',
    '[{"eventType":"DELIVERED"}]',
    "text=hola",
  ])("the body %s is refused", async (body) => {
    const { post, counter } = await createTestHandler();
    expect(await post(body)).toEqual({ status: 400, kind: "other", outcome: "rejected" });
    expect(await counter('skytide_webhook_unresolved_total{reason="bad_payload"}')).toBe(1);
  });

  test("a message without an id is refused, one beside it is not", async () => {
    const { post, published } = await createTestHandler();
    const messages = [{ from: "573001110001", type: "text", text: { body: "a" } }];
    expect(await post(v3Body({ messages }))).toMatchObject({ status: 400, outcome: "rejected" });
    const whole = { ...messages[0], id: "wamid.2" };
    expect(await post(v3Body({ messages: [...messages, whole] }))).toMatchObject({ status: 200, outcome: "accepted" });
    expect(published).toHaveLength(1);
  });

  test("what the log does not confirm is asked for again", async () => {
    const publish = () => Promise.reject(new RetryableError("nats-timeout", "no answer"));
    const { post } = await createTestHandler({ publish });
    expect(await post(hello)).toEqual({ status: 503, kind: "message", outcome: "error" });
  });

  test("what the log will never take is refused and does not hold up its neighbours", async () => {
    let calls = 0;
    const publish = async () => {
      calls += 1;
      if (calls === 1) throw new PermanentError("event-invalid", "no");
      return { duplicate: false };
    };
    const { post } = await createTestHandler({ publish });
    const messages = ["1", "2"].map((id) => ({ from: "573001110001", id, type: "text", text: { body: id } }));
    expect(await post(v3Body({ messages }))).toMatchObject({ status: 200, outcome: "accepted" });
    calls = 0;
    expect(await post(hello)).toMatchObject({ status: 400 });
  });
});

test("every documented shape is answered 200, and its events are valid", async () => {
  const { post, published } = await createTestHandler();
  for (const { name, body } of documentedBodies()) {
    expect({ name, ...(await post(body)) }).toMatchObject({ name, status: 200 });
  }
  expect(published.length).toBeGreaterThan(25);
  expect(
    published.map((event) => parseEvent(JSON.parse(JSON.stringify(event)))).filter(({ kind }) => kind === "invalid"),
  ).toEqual([]);
});

test("no phone, name or text reaches the log lines or the metrics", async () => {
  const { handle, post, lines, exposition } = await createTestHandler();
  const planted = { phone: "573119998877", name: "Zulema Plantada", id: "wamid.573119998877" };
  const all = [...documentedBodies(), { body: v2Message("text", { text: "secreto-plantado" }, planted) }];
  for (const { body } of all) await post(body);
  await post(v2Body("call 573119998877", { type: "573119998877" }));
  await post(v2Message("secreto-plantado573119998877", {}, planted));
  await post(v2Receipt({ destination: "573119998877", id: planted.id }));
  await handle({ body: "573119998877 secreto-plantado", secrets: ["secreto-plantado"] });
  await handle({ body: JSON.stringify(v2Message("text", {}, planted, "573119998877")), secrets: ["secreto-plantado"] });
  expect(lines.length).toBeGreaterThan(20);
  const written = lines.join("\n") + (await exposition());
  for (const word of ["573119998877", "3119998877", "Zulema", "secreto", "573001110001", "Laura"]) {
    expect(written).not.toContain(word);
  }
});
