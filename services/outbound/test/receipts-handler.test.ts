import { createEvent } from "@skytide/events";
import { expect, test } from "vitest";
import { chat, createFleetOfOne, organizationId } from "./fleet-of-one.ts";

function receipt(source: string, providerCode?: number) {
  const at = new Date("2026-11-22T15:00:00Z");
  const event = createEvent({
    type: "reply.failed",
    id: "failed-1",
    source,
    time: at,
    organizationId,
    chat,
    data: { providerMessageId: "gs-1", otherIds: [], at: at.toISOString(), code: "provider", providerCode },
  });
  return { event, publishedAt: at, redelivered: 0, replayed: false, signal: new AbortController().signal };
}

test("a late failure is counted by its class, once however often it comes", async () => {
  const { receipt: handle, metric } = createFleetOfOne();
  await expect(handle(receipt("ingest", 131026))).resolves.toBe("skipped");
  await handle({ ...receipt("ingest", 131026), redelivered: 1 });
  expect(await metric('skytide_outbound_late_failures_total{class="recipient"}')).toContain(" 1");
  expect(await metric('skytide_delivery_receipts_total{status="failed"}')).toContain(" 1");
});

test("what this stage said itself is not counted again", async () => {
  const { receipt: handle, metric } = createFleetOfOne();
  await expect(handle(receipt("outbound"))).resolves.toBe("skipped");
  expect(await metric('skytide_delivery_receipts_total{status="failed"}')).toContain(" 0");
});
