import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { startSimulators } from "../src/index.ts";
import { LAURA, sendAs, test, textMessage } from "./setup.ts";

const hola = { app: "AuroraDemo", type: "text", text: "Hola" } as const;

describe("a customer's message", () => {
  test("reaches the webhook in Gupshup's format with the connection's secret", async ({ simulators, business }) => {
    const { messageId } = simulators.control.customer(LAURA, hola);
    const [call] = await business.atLeast(1);
    expect(call?.headers["x-webhook-secret"]).toBe("demo-secret-aurora");
    expect(call?.body).toEqual({
      app: "AuroraDemo",
      timestamp: expect.any(Number),
      version: 2,
      type: "message",
      payload: {
        id: messageId,
        source: LAURA,
        type: "text",
        payload: { text: "Hola" },
        sender: { phone: LAURA, name: "Laura Gómez", country_code: "57", dial_code: "3001110001" },
      },
    });
    const view = await simulators.control.until("AuroraDemo", LAURA, ({ bubbles }) => bubbles[0]?.delivered === true);
    expect(view.bubbles[0]?.content).toEqual({ kind: "text", text: "Hola" });
  });

  test("has an id that holds the customer's phone, as the true ones have", async ({ simulators }) => {
    const { messageId } = simulators.control.customer(LAURA, hola);
    expect(Buffer.from(messageId.slice("wamid.".length), "base64").toString("latin1")).toContain(LAURA);
  });

  test("that taps a button carries its payload and what it answers", async ({ simulators, business }) => {
    const buttons = {
      type: "quick_reply",
      msgid: "ask-1",
      content: { type: "text", text: "¿Confirmas?" },
      options: [
        { type: "text", title: "No", postbackText: "no:1" },
        { type: "text", title: "Sí", postbackText: "yes:1" },
      ],
    };
    simulators.control.customer(LAURA, hola);
    const sent = await sendAs(simulators, { message: JSON.stringify(buttons) });
    const { messageId: gsId } = (await sent.json()) as { messageId: string };
    const { messageId } = simulators.control.customer(LAURA, { app: "AuroraDemo", type: "tap", choice: "yes:1" });
    const calls = await business.atLeast(6);
    expect(calls.find(({ body }) => body.payload?.id === messageId)?.body.payload).toMatchObject({
      type: "button_reply",
      payload: { title: "Sí", id: "ask-1", reply: "Sí 2", postbackText: "yes:1" },
      context: { gsId, id: expect.stringMatching(/^wamid\./) },
    });
  });

  test("cannot tap what was never offered", async ({ simulators }) => {
    expect(() => simulators.control.customer(LAURA, { app: "AuroraDemo", type: "tap", choice: "yes:9" })).toThrow(
      "no message offers this choice",
    );
  });

  test("with a voice note has a link that serves the file and dies", async ({ simulators, business }) => {
    simulators.control.customer(LAURA, { app: "AuroraDemo", type: "audio" });
    const [call] = await business.atLeast(1);
    const media = call?.body.payload?.payload as { url: string; contentType: string; urlExpiry: number };
    expect(media.contentType).toBe("audio/ogg; codecs=opus");
    expect(media.urlExpiry - Number(call?.body.timestamp)).toBeCloseTo(7 * 86_400_000, -4);
    const file = await fetch(media.url);
    expect(file.status).toBe(200);
    expect(
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe("OggS");
    simulators.control.expireMedia();
    const gone = await fetch(media.url);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toEqual({ status: "error", message: "Invalid Media Id" });
  });

  test("asking for dead links more than 20 times blocks all media of the app", async ({ simulators, business }) => {
    simulators.control.customer(LAURA, { app: "AuroraDemo", type: "image" });
    const [call] = await business.atLeast(1);
    const url = String(call?.body.payload?.payload?.url);
    for (let calls = 0; calls < 21; calls += 1) await fetch(url.replace(/media\/[^?]+/, "media/none"));
    expect((await fetch(url)).status).toBe(429);
  });
});

describe("a webhook call", () => {
  test("is repeated when the answer is not 2xx, until it is", async ({ simulators, business }) => {
    business.answers.push({ status: 503 }, { status: 500 });
    simulators.control.customer(LAURA, hola);
    const calls = await business.atLeast(3);
    expect(new Set(calls.map(({ body }) => body.payload?.id)).size).toBe(1);
    await simulators.control.until("AuroraDemo", LAURA, ({ bubbles }) => bubbles[0]?.delivered === true);
    expect(simulators.control.stats().gupshup.webhooks).toEqual({ delivered: 1, failedAttempts: 2, gaveUp: 0 });
  });

  test("with a text in its answer is a defect that the customer can read", async ({ simulators, business }) => {
    business.answers.push({ status: 200, body: "null" });
    simulators.control.customer(LAURA, hola);
    const view = await simulators.control.until("AuroraDemo", LAURA, ({ bubbles }) => bubbles.length === 2);
    expect(view.bubbles[1]).toMatchObject({ direction: "out", content: { text: "null" }, fromWebhookAnswer: true });
    expect(simulators.control.stats().gupshup.defects.nonEmptyWebhookAnswer).toBe(1);
  });

  test("finds the secret and the app in its URL", async ({ simulators, business }) => {
    simulators.control.setWebhookUrl(`${business.url}/{secret}?app={app}`);
    simulators.control.customer(LAURA, hola);
    const [call] = await business.atLeast(1);
    expect(call?.path).toBe("/webhooks/gupshup/demo-secret-aurora?app=AuroraDemo");
  });

  test("is made on demand as the URL's validation and as a connectivity check", async ({ simulators, business }) => {
    simulators.control.probe("AuroraDemo", "validation");
    simulators.control.probe("AuroraDemo", "connectivity");
    const calls = await business.atLeast(2);
    const payloads = calls.map(({ body }) => body.payload);
    expect(payloads).toContainEqual({ phone: "callbackSetPhone", type: "sandbox-start" });
    expect(payloads).toContainEqual({ type: "connectivity-check", initiator: "gupshup" });
  });

  test("waits for a business that is not there yet", async ({ business }) => {
    const simulators = await startSimulators({ redeliveryDelayMs: 10 });
    simulators.control.customer(LAURA, hola);
    simulators.control.setWebhookUrl(business.url);
    await business.atLeast(1);
    await simulators.stop();
  });
});

describe("with a short patience", () => {
  test.override({ options: { webhookTimeoutMs: 150 } });

  test("a webhook call is repeated when no answer comes in time", async ({ simulators, business }) => {
    business.answers.push(null);
    simulators.control.customer(LAURA, hola);
    await business.atLeast(2);
    await simulators.control.until("AuroraDemo", LAURA, ({ bubbles }) => bubbles[0]?.delivered === true);
  });
});

describe("with the v3 switch", () => {
  test.override({ options: { webhookVersion: 3 } });

  test("messages and receipts come in Meta's format", async ({ simulators, business }) => {
    const { messageId } = simulators.control.customer(LAURA, hola);
    const [call] = await business.atLeast(1);
    expect(call?.body).toMatchObject({
      object: "whatsapp_business_account",
      gs_app_id: "a0000000-0000-4000-8000-00000000a991",
      entry: [
        {
          changes: [
            {
              field: "messages",
              value: {
                metadata: { phone_number_id: "100000000000001" },
                messages: [{ id: messageId, from: LAURA, type: "text", text: { body: "Hola" } }],
              },
            },
          ],
        },
      ],
    });
    const sent = await sendAs(simulators, textMessage("Buenas"));
    const { messageId: gsId } = (await sent.json()) as { messageId: string };
    const calls = await business.atLeast(5);
    const statuses = calls.slice(1).map(({ body }) => JSON.stringify(body));
    expect(statuses.every((status) => status.includes(`"gs_id":"${gsId}"`))).toBe(true);
    expect(statuses.map((status) => /"status":"(\w+)"/.exec(status)?.[1])).toEqual([
      "enqueued",
      "sent",
      "delivered",
      "read",
    ]);
  });
});

test("a restarted simulator still has its conversations and delivers what it owed", async ({ business }) => {
  const dataDir = await mkdtemp(join(tmpdir(), "simulators-"));
  const before = await startSimulators({ dataDir, redeliveryDelayMs: 10 });
  before.control.customer(LAURA, hola);
  await before.stop();
  const after = await startSimulators({ dataDir, webhookUrl: business.url });
  const [call] = await business.atLeast(1);
  expect(call?.body.payload?.payload).toEqual({ text: "Hola" });
  expect(after.control.conversation("AuroraDemo", LAURA).bubbles).toHaveLength(1);
  await after.stop();
  await rm(dataDir, { recursive: true });
});
