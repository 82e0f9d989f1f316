import { RetryableError } from "@skytide/errors";
import { noticeReceiptSchema, templateChangedSchema } from "@skytide/events";
import { v2Body, v2Message, v2Receipt } from "@skytide/gupshup/testing";
import { expect, test } from "vitest";
import { aurora, createTestHandler } from "./builders.ts";

const app = "SkytideAvisos";
const gsId = "3e1f0a52-9c5d-4a57-8a7e-0a5b7e1d2c3f";
const read = v2Receipt({ gsId, id: "other-1", type: "read" }, app);
const paused = {
  type: "status-update",
  id: "1f26f4b4-8dbf-4b6f-a630-93fefc26da36",
  status: "PAUSED",
  elementName: "aviso",
};

test("a receipt of a staff notice goes to the notifier, once, and into no conversation", async () => {
  const { post, published, operations } = await createTestHandler();
  expect(await post(read)).toMatchObject({ status: 200, outcome: "accepted" });
  expect(await post(read)).toMatchObject({ status: 200 });
  expect(operations.map((record) => noticeReceiptSchema.parse(record))).toMatchObject([
    { subject: "ops.fleet.notice", type: "notice.receipt", data: { providerMessageId: gsId, status: "read" } },
  ]);
  expect(published).toEqual([]);
});

test("an id that holds a phone leaves no trace", async () => {
  const { post, operations } = await createTestHandler();
  await post(v2Receipt({ gsId: undefined, id: "wamid.HBgMNTczMDA5OTkwMDAx", type: "read" }, app));
  await post(v2Receipt({ gsId, type: "enqueued" }, app));
  await post(v2Message("text", { text: "Voy" }, { phone: "573009990001" }, app));
  expect(operations).toEqual([]);
});

test("a template that was paused is told: of the notices' app for the fleet, of an organization's app for it", async () => {
  const { post, operations, counter } = await createTestHandler();
  expect(await post(v2Body("template-event", paused, app))).toMatchObject({ status: 200, outcome: "accepted" });
  expect(await post(v2Body("template-event", paused))).toMatchObject({ status: 200, outcome: "accepted" });
  expect(operations.map((record) => templateChangedSchema.parse(record))).toMatchObject([
    { subject: "ops.fleet.template", data: { templateId: paused.id, status: "paused" } },
    { subject: `ops.${aurora.organizationId}.template`, data: { templateId: paused.id, status: "paused" } },
  ]);
  expect(await counter('skytide_webhook_items_total{item="template"}')).toBe(1);
});

test("the notices' app has a secret of its own where one is set, or must have one where all must", async () => {
  const own = await createTestHandler({ notificationSecret: "secret-of-notices" });
  expect(await own.post(read, "secret-of-notices")).toMatchObject({ status: 200 });
  expect(await own.post(read, "demo-secret-aurora")).toMatchObject({ status: 401 });
  const none = await createTestHandler({ secretRequired: true });
  expect(await none.post(read)).toMatchObject({ status: 401 });
  expect([...own.operations, ...none.operations]).toHaveLength(1);
});

test("what the log did not confirm is delivered again", async () => {
  const { post } = await createTestHandler({
    publishOperation: () => Promise.reject(new RetryableError("nats-unavailable", "the log is away")),
  });
  expect(await post(read)).toMatchObject({ status: 503, outcome: "error" });
  expect(await post(v2Body("template-event", paused))).toMatchObject({ status: 503, outcome: "error" });
});
