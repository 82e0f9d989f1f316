import { PermanentError, RetryableError } from "@skytide/errors";
import { v2Message, v3Body } from "@skytide/gupshup/testing";
import { describe, expect, test } from "vitest";
import { aurora, createTestHandler } from "./builders.ts";

const hello = v2Message("text", { text: "Hola" }, { id: "wamid.1" });

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
