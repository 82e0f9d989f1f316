import { expect, test } from "vitest";
import { parseWebhook, type WebhookItem } from "../src/index.ts";
import { v2Message, v2Receipt, v3Body, v3Echo, v3Message, v3Status } from "../src/testing.ts";

function itemsOf(body: unknown): WebhookItem[] {
  const webhook = parseWebhook(body);
  if (webhook.kind !== "webhook") throw new Error("the body was not understood");
  return webhook.items;
}

test("the v2 and v3 forms of one message differ only in their clock", () => {
  const [v2] = itemsOf(v2Message("text", { text: "Hola" }, { id: "wamid.1" }));
  const [v3] = itemsOf(v3Message("text", { text: { body: "Hola" } }, { id: "wamid.1" }));
  expect({ ...v3, sentAt: undefined }).toEqual({ ...v2, sentAt: undefined });
  expect(v3).toMatchObject({ sentAt: new Date(1_790_000_000_000) });
});

test("the v2 and v3 forms of one receipt are the same", () => {
  expect(itemsOf(v3Status())).toEqual(itemsOf(v2Receipt()));
});

test("the app is named by its id", () => {
  expect(parseWebhook(v3Status())).toMatchObject({ version: 3, app: { id: "a0000000-0000-4000-8000-00000000a991" } });
});

test.each([
  [
    "interactive",
    { interactive: { type: "button_reply", button_reply: { id: "y", title: "Sí" } } },
    { kind: "tap", title: "Sí", payload: "y" },
  ],
  [
    "interactive",
    { interactive: { type: "list_reply", list_reply: { id: "s", title: "10:00" } } },
    { kind: "tap", title: "10:00", payload: "s" },
  ],
  ["interactive", { interactive: { type: "nfm_reply", nfm_reply: {} } }, { kind: "unsupported", what: "nfm_reply" }],
  ["button", { button: { text: "Confirmo", payload: "c" } }, { kind: "tap", title: "Confirmo", payload: "c" }],
  [
    "audio",
    { audio: { url: "https://f.example/1", mime_type: "audio/ogg; codecs=opus" } },
    { kind: "media", mediaType: "audio", url: "https://f.example/1", mimeType: "audio/ogg; codecs=opus" },
  ],
  [
    "document",
    { document: { url: "https://f.example/1", filename: "a.pdf", caption: "c" } },
    { kind: "media", mediaType: "file", url: "https://f.example/1", fileName: "a.pdf", caption: "c" },
  ],
  ["image", { image: { id: "1" } }, { kind: "unsupported", what: "image" }],
  [
    "location",
    { location: { latitude: 4.6, longitude: -74, name: "Sede" } },
    { kind: "location", latitude: 4.6, longitude: -74, name: "Sede" },
  ],
  ["unsupported", { unsupported: { type: "poll" } }, { kind: "unsupported", what: "poll" }],
  ["order", { order: {} }, { kind: "unsupported", what: "order" }],
])("a v3 %s", (type, content, expected) => {
  expect(itemsOf(v3Message(type, content))).toMatchObject([{ kind: "message", content: expected }]);
});

test.each([
  ["system", {}, { kind: "ignored", type: "system", known: true }],
  ["edit", {}, { kind: "ignored", type: "edit", known: true }],
  ["reaction", { reaction: { emoji: "❤️" } }, { kind: "reaction", providerMessageId: "wamid.TEST1" }],
  ["revoke", { revoke: { original_message_id: "wamid.0" } }, { kind: "deleted", providerMessageId: "wamid.0" }],
])("a v3 %s is no message", (type, content, expected) => {
  expect(itemsOf(v3Message(type, content))).toMatchObject([expected]);
});

test("everything in a body with several entries, changes, messages and statuses is read", () => {
  const messages = ["1", "2"].map((id) => ({ from: "573001110001", id, type: "text", text: { body: id } }));
  const statuses = [{ id: "s", status: "read", recipient_id: "573001110001" }];
  const change = { field: "messages", value: { messages, statuses } };
  const body = { object: "whatsapp_business_account", entry: [{ changes: [change, change] }, { changes: change }] };
  expect(itemsOf(body).map(({ kind }) => kind)).toEqual([
    "message",
    "message",
    "receipt",
    "message",
    "message",
    "receipt",
    "message",
    "message",
    "receipt",
  ]);
});

test("two customers in one body keep their own names", () => {
  const contacts = [
    { wa_id: "573001110001", profile: { name: "Laura" } },
    { wa_id: "573001110002", profile: { name: "Carlos" } },
  ];
  const messages = contacts.map(({ wa_id }) => ({ from: wa_id, id: wa_id, type: "text", text: { body: "Hola" } }));
  const items = itemsOf(v3Body({ contacts, messages }));
  expect(items.map((item) => item.kind === "message" && item.customer.name)).toEqual(["Laura", "Carlos"]);
});

test("a customer without a phone is known by the user id", () => {
  const message = { from_user_id: "CO.1648", id: "1", type: "text", text: { body: "Hola" } };
  expect(itemsOf(v3Body({ messages: [message] }))).toMatchObject([{ customer: { userId: "CO.1648" } }]);
});

test("staff who answer from the business phone are an echo to the customer", () => {
  expect(itemsOf(v3Echo("Ya te atiendo"))).toEqual([
    {
      kind: "echo",
      providerMessageId: "wamid.ECHO1",
      customer: { phone: "573001110001" },
      text: "Ya te atiendo",
      at: new Date(1_790_000_050_000),
    },
  ]);
});

test.each([
  ["set-callback", v3Body({ statuses: [{ type: "set-callback" }] }), [{ kind: "probe" }]],
  ["connectivity-check", v3Body({ type: "connectivity-check" }, "platform-event"), [{ kind: "probe" }]],
  [
    "a paused template",
    v3Body({ event: "PAUSED", gs_template_id: "t-1", message_template_id: 7 }, "message_template_status_update"),
    [{ kind: "template", templateId: "t-1", status: "paused" }],
  ],
  ["billing", v3Body({}, "billing-event"), [{ kind: "ignored", type: "billing-event", known: true }]],
  [
    "the past of the business phone",
    v3Body({ messages: [{ id: "1" }] }, "history"),
    [{ kind: "ignored", type: "history", known: true }],
  ],
  ["something new", v3Body({}, "flows_v9"), [{ kind: "ignored", type: "other", known: false }]],
  ["no entry", { object: "whatsapp_business_account", gs_app_id: "a" }, []],
])("a v3 body with %s", (_, body, expected) => {
  expect(itemsOf(body)).toEqual(expected);
});

test("milliseconds and seconds are told apart", () => {
  const times = [1_790_000_090_000, "1790000090"].map((timestamp) => itemsOf(v3Status({ timestamp }))[0]);
  expect(times).toMatchObject([{ at: new Date(1_790_000_090_000) }, { at: new Date(1_790_000_090_000) }]);
});

test("a failure's code is read from the list of errors or from beside it", () => {
  const inList = v3Status({ status: "failed", errors: [{ code: 131_047 }] });
  const beside = v3Status({ status: "failed", code: "131047" });
  expect([...itemsOf(inList), ...itemsOf(beside)]).toMatchObject([{ code: 131_047 }, { code: 131_047 }]);
});
