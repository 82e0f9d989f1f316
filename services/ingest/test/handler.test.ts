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

  test("staff who answer from the phone are on the log once; the recorder silences the agent for it", async () => {
    const { post, published } = await createTestHandler();
    expect(await post(v3Echo("Ya te atiendo"))).toMatchObject({ status: 200, outcome: "accepted" });
    expect(published).toMatchObject([{ type: "reply.echoed", chat, data: { text: "Ya te atiendo" } }]);
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
    expect(await post(v3Body({ messages: [message] }, "messages", "av-1"), "demo-secret-brisa")).toMatchObject({
      status: 200,
      outcome: "ignored",
    });
    expect(published).toEqual([]);
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
