import { expect, test } from "vitest";
import { z } from "zod";
import { conversationEventSchema, createEvent, HIDDEN, PERSONAL, withoutPersonalData } from "../src/index.ts";

const ORGANIZATION = "7a1d4c1e-0000-4000-8000-000000000001";

function received(content: object) {
  return createEvent({
    type: "message.received",
    id: "v1_id",
    source: "ingest",
    time: new Date("2026-11-22T15:00:00Z"),
    organizationId: ORGANIZATION,
    chat: "v1_chat",
    data: {
      platform: "whatsapp",
      providerMessageId: "wamid.573001234567",
      customer: { platformUserId: "573001234567", phone: "573001234567", name: "Ana" },
      app: "DemoApp",
      content: content as never,
      sentAt: "2026-11-22T15:00:00Z",
      receivedAt: "2026-11-22T15:00:00Z",
      receivedVia: "gupshup-v3",
    },
  });
}

test.each([
  { kind: "text", text: "Soy Ana, 300 123 4567" },
  { kind: "tap", title: "Ana", payload: "Ana" },
  { kind: "media", mediaType: "image", url: "https://ana.example/573001234567", caption: "Ana" },
  { kind: "location", latitude: 4.6, longitude: -74.1, name: "Casa de Ana" },
  { kind: "contact", name: "Ana", phones: ["573001234567"] },
])("what a customer sent as $kind is hidden, what happened is not", (content) => {
  const shown = withoutPersonalData(received(content));
  const text = JSON.stringify(shown);
  expect(text).not.toMatch(/ana|573001234567|4\.6|-74\.1/i);
  expect(shown).toMatchObject({
    type: "message.received",
    chat: "v1_chat",
    data: { app: "DemoApp", customer: { phone: HIDDEN }, content: { kind: content.kind }, receivedVia: "gupshup-v3" },
  });
});

test("a field that the schema does not know is not shown", () => {
  const event = { ...received({ kind: "text", text: "hola" }), phone: "573001234567" };
  expect(withoutPersonalData(event)).not.toHaveProperty("phone");
});

test("every free text of every event is either marked as personal or known to be harmless", () => {
  const harmless = freeTexts(z.toJSONSchema(conversationEventSchema), "");
  expect([...new Set(harmless)].sort()).toMatchInlineSnapshot(`
    [
      "chat",
      "data.actions[].action",
      "data.actions[].facts",
      "data.app",
      "data.asked.turn",
      "data.channel",
      "data.code",
      "data.content.mimeType",
      "data.content.what",
      "data.cursor.streamCreatedAt",
      "data.decisions[].choice",
      "data.decisions[].event",
      "data.decisions[].offered[]",
      "data.decisions[].refusals[]",
      "data.endTime",
      "data.facts",
      "data.history[].at",
      "data.machine",
      "data.memberId",
      "data.messageId",
      "data.messageIds[]",
      "data.messages[].templateId",
      "data.mimeType",
      "data.outcome.language",
      "data.pendingMedia[]",
      "data.replyId",
      "data.seen[]",
      "data.serviceId",
      "data.startTime",
      "data.states[]",
      "data.timezone",
      "data.tools[].asked",
      "data.tools[].checks[]",
      "data.tools[].outcome",
      "data.tools[].tool",
      "data.treatment.model",
      "data.treatment.prompt",
      "data.usage[].model",
      "data.usage[].prompt",
      "dataschema",
      "id",
      "source",
      "subject",
      "turn",
    ]
  `);
});

type Schema = z.core.JSONSchema.BaseSchema;

/** Paths of strings, numbers excepted, that could hold anything and are not marked. */
function freeTexts(schema: Schema, path: string): string[] {
  if (schema[PERSONAL] === true) return [];
  const nested = [
    ...(schema.oneOf ?? schema.anyOf ?? []).map((option) => [path, option] as const),
    ...Object.entries(schema.properties ?? {}).map(([name, property]) => [`${path}.${name}`, property] as const),
    ...(schema.items === undefined ? [] : [[`${path}[]`, schema.items] as const]),
  ];
  if (nested.length > 0) return nested.flatMap(([at, inner]) => freeTexts(inner as Schema, at));
  const closed = ["const", "enum", "format", "pattern"].some((keyword) => keyword in schema);
  return !closed && schema.type !== "number" && schema.type !== "integer" && schema.type !== "boolean"
    ? [path.slice(1)]
    : [];
}
