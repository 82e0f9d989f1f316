import { describe, expect, test } from "vitest";
import { parseWebhook, type WebhookItem } from "../src/index.ts";
import { v2Body, v2Message, v2Receipt } from "../src/testing.ts";

function itemOf(body: unknown): WebhookItem {
  const webhook = parseWebhook(body);
  if (webhook.kind !== "webhook" || webhook.items[0] === undefined) throw new Error("the body was not understood");
  return webhook.items[0];
}

function contentOf(body: unknown) {
  const item = itemOf(body);
  if (item.kind !== "message") throw new Error(`it became ${item.kind}`);
  return item.content;
}

describe("a v2 message", () => {
  test("carries who sent it, when, and what it answers", () => {
    const body = v2Message("text", { text: "Hola" }, { id: "wamid.1", userId: "CO.1648" });
    Object.assign(body.payload as object, { context: { id: "w", gsId: "send-1", forwarded: true } });
    expect(parseWebhook(body)).toEqual({
      kind: "webhook",
      version: 2,
      app: { name: "AuroraDemo", id: undefined },
      items: [
        {
          kind: "message",
          providerMessageId: "wamid.1",
          customer: { phone: "573001110001", userId: "CO.1648", name: "Laura" },
          content: { kind: "text", text: "Hola" },
          repliesTo: "send-1",
          forwarded: true,
          sentAt: new Date(1_790_000_000_123),
        },
      ],
    });
  });

  test.each([
    [
      "a template tap written as text",
      "text",
      { text: "Confirmo", type: "button" },
      { kind: "tap", title: "Confirmo" },
    ],
    [
      "a template tap with a payload",
      "quick_reply",
      { text: "Sí", type: "button", postbackText: "c:1" },
      { kind: "tap", title: "Sí", payload: "c:1" },
    ],
    [
      "a session button",
      "button_reply",
      { title: "Sí", id: "msg", reply: "Sí 1", postbackText: "yes" },
      { kind: "tap", title: "Sí", payload: "yes" },
    ],
    ["an older session button", "quick_reply", { id: "qr", reply: "Sí 1" }, { kind: "tap", title: "Sí 1" }],
    [
      "a list row",
      "list_reply",
      { title: "10:00", id: "l", postbackText: "slot" },
      { kind: "tap", title: "10:00", payload: "slot" },
    ],
    [
      "a place written as strings",
      "location",
      { longitude: "-74.07", latitude: "4.71" },
      { kind: "location", latitude: 4.71, longitude: -74.07 },
    ],
    [
      "a place off the earth",
      "location",
      { longitude: "-740", latitude: "4.71" },
      { kind: "unsupported", what: "location" },
    ],
    [
      "a contact card",
      "contact",
      { contacts: [{ name: { formatted_name: "Ana" }, phones: [{ phone: "+57 300" }] }] },
      { kind: "contact", name: "Ana", phones: ["+57 300"] },
    ],
    ["a type that nobody knows", "poll_creation", { name: "?" }, { kind: "unsupported", what: "poll_creation" }],
    ["text that is empty", "text", { text: "\u0000 " }, { kind: "unsupported", what: "empty" }],
    ["a number where text belongs", "text", { text: 15 }, { kind: "text", text: "15" }],
  ])("%s", (_, type, content, expected) => {
    expect(contentOf(v2Message(type, content))).toEqual(expected);
  });

  test("media keeps its link, with a file name that was not escaped made valid", () => {
    const url = "https://filemanager.gupshup.io/wa/1/media/2?download=false&fileName=orden médica 1.pdf";
    const content = { url, contentType: "application/pdf", name: "orden médica 1.pdf", caption: null };
    expect(contentOf(v2Message("file", content))).toEqual({
      kind: "media",
      mediaType: "file",
      url: "https://filemanager.gupshup.io/wa/1/media/2?download=false&fileName=orden%20m%C3%A9dica%201.pdf",
      mimeType: "application/pdf",
      fileName: "orden médica 1.pdf",
    });
  });

  test("media without a usable link is unsupported", () => {
    expect(contentOf(v2Message("image", { url: "not a link" }))).toEqual({ kind: "unsupported", what: "image" });
  });

  test("media whose fields stand one level too high is read all the same", () => {
    const body = v2Message("image", undefined);
    Object.assign(body.payload as object, { url: "https://f.example/1", mimeType: "image/png", caption: "mira" });
    const media = {
      kind: "media",
      mediaType: "image",
      url: "https://f.example/1",
      mimeType: "image/png",
      caption: "mira",
    };
    expect(contentOf(body)).toEqual(media);
  });

  test("a message without a type is text", () => {
    const body = v2Message("text", { text: "Hola" });
    delete (body.payload as { type?: string }).type;
    expect(contentOf(body)).toEqual({ kind: "text", text: "Hola" });
  });

  test("control characters and halves of characters are gone, line breaks stay", () => {
    const text = "a\u0000b\u0007c\r\nd\te\ud800f\u009f";
    expect(contentOf(v2Message("text", { text }))).toEqual({ kind: "text", text: "abc\nd\te\ufffdf" });
  });

  test("a blank sender phone is made up for by the source", () => {
    const body = v2Message("text", { text: "Hola" });
    Object.assign(body.payload as object, { sender: { phone: "", name: "  Laura \n M " } });
    expect(itemOf(body)).toMatchObject({ customer: { phone: "573001110001", name: "Laura M" } });
  });

  test("a customer without a phone is known by the user id, wherever it stands", () => {
    const body = v2Message("text", { text: "Hola" });
    Object.assign(body.payload as object, { source: "CO.1648738043000001", sender: { name: "Ana" } });
    expect(itemOf(body)).toMatchObject({ customer: { userId: "CO.1648738043000001", name: "Ana" } });
  });

  test("a reaction is no message", () => {
    expect(itemOf(v2Message("reaction", { emoji: "👍" }))).toMatchObject({ kind: "reaction" });
  });

  test.each([
    ["without an id", { id: "" }],
    ["of nobody", { source: "", sender: {} }],
    ["whose phone is none", { source: "5730011_1", sender: { phone: "anonymous" } }],
  ])("%s is malformed", (_, fields) => {
    const body = v2Message("text", { text: "Hola" });
    Object.assign(body.payload as object, fields);
    expect(itemOf(body)).toEqual({ kind: "malformed", type: "message" });
  });
});

describe("a v2 receipt", () => {
  test("is keyed by gsId, and keeps the other ids", () => {
    expect(itemOf(v2Receipt())).toEqual({
      kind: "receipt",
      status: "delivered",
      providerMessageId: "send-1",
      otherIds: ["other-1"],
      customer: { phone: "573001110001" },
      at: new Date(1_790_000_100_000),
      code: undefined,
    });
  });

  test("without gsId is keyed by its id", () => {
    const body = v2Receipt({ type: "enqueued", id: "send-1", gsId: undefined, payload: { whatsappMessageId: "w" } });
    expect(itemOf(body)).toMatchObject({ status: "enqueued", providerMessageId: "send-1", otherIds: ["w"] });
  });

  test.each([
    [131_047, 131_047],
    ["131047", 131_047],
    ["soon", undefined],
    [1.5, undefined],
  ])("of a failure with code %s has the number %s", (code, expected) => {
    expect(itemOf(v2Receipt({ type: "failed", payload: { code } }))).toMatchObject({
      status: "failed",
      code: expected,
    });
  });

  test("of a deletion names the customer's message", () => {
    const body = v2Receipt({ type: "deleted", id: "wamid.1", gsId: undefined });
    expect(itemOf(body)).toMatchObject({ kind: "deleted", providerMessageId: "wamid.1" });
  });

  test("of a number mismatch is nothing to act on", () => {
    expect(itemOf(v2Receipt({ type: "mismatch" }))).toEqual({ kind: "ignored", type: "mismatch", known: true });
  });
});

test.each([
  ["platform-event", { type: "connectivity-check" }, { kind: "probe" }],
  ["user-event", { phone: "callbackSetPhone", type: "sandbox-start" }, { kind: "probe" }],
  ["user-event", { phone: "573001110001", type: "opted-out" }, { kind: "ignored", type: "user-event", known: true }],
  [
    "template-event",
    { type: "status-update", id: "t-1", status: "PAUSED" },
    { kind: "template", templateId: "t-1", status: "paused", at: new Date(1_790_000_000_123) },
  ],
  ["template-event", { type: "category-update", id: "t-1" }, { kind: "ignored", type: "template-event", known: true }],
  ["billing-event", {}, { kind: "ignored", type: "billing-event", known: true }],
  ["weather-event", {}, { kind: "ignored", type: "weather-event", known: false }],
  ["call 573001110001", {}, { kind: "ignored", type: "other", known: false }],
])("a v2 %s is %j → %j", (type, payload, expected) => {
  expect(itemOf(v2Body(type, payload))).toEqual(expected);
});

test.each([
  ["nothing", null],
  ["a string", "hola"],
  ["a list", [{ eventType: "DELIVERED", destAddr: "573001110001" }]],
  ["an empty object", {}],
  ["the enterprise format", { mobile: "573001110001", type: "text", text: "Hola", timestamp: "1" }],
  ["the old bot format", { botname: "x", senderobj: "{}", messageobj: "{}" }],
])("%s is not Gupshup's", (_, body) => {
  expect(parseWebhook(body)).toEqual({ kind: "invalid" });
});
