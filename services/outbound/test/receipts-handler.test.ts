import { createEvent } from "@skytide/events";
import { createLogger, createMetrics } from "@skytide/telemetry";
import { describe, expect, test } from "vitest";
import { failureClassOf } from "../src/failure-class.ts";
import { createOutboundMetrics } from "../src/metrics.ts";
import { createReceiptsHandler } from "../src/receipts-handler.ts";
import { chat, organizationId } from "./fleet-of-one.ts";

function setUp() {
  const registry = createMetrics({ version: "test", processMetrics: false });
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: "test", stage: "outbound", version: "test", level: "info", destination });
  const handle = createReceiptsHandler({ metrics: createOutboundMetrics(registry), log });
  const metric = async (line: string) =>
    (await registry.exposition()).body.split("\n").find((row) => row.startsWith(line));
  return { handle, lines, metric };
}

function failed(source: string, providerCode?: number) {
  const at = new Date("2026-11-22T15:00:00Z");
  return createEvent({
    type: "reply.failed",
    id: "failed-1",
    source,
    time: at,
    organizationId,
    chat,
    data: { providerMessageId: "gs-1", otherIds: [], at: at.toISOString(), code: "provider", providerCode },
  });
}

describe("receipts", () => {
  test("a late failure is counted and logged by its class", async () => {
    const { handle, lines, metric } = setUp();
    await expect(handle(failed("ingest", 131047))).resolves.toBe("ok");
    expect(await metric('skytide_outbound_late_failures_total{class="window"}')).toContain(" 1");
    expect(await metric('skytide_delivery_receipts_total{status="failed"}')).toContain(" 1");
    expect(lines.join()).toContain('"reason":"window"');
  });

  test("what this stage said itself is not counted again", async () => {
    const { handle, metric } = setUp();
    await expect(handle(failed("outbound"))).resolves.toBe("skipped");
    expect(await metric('skytide_delivery_receipts_total{status="failed"}')).toContain(" 0");
  });

  test("codes that nobody knows have a class too", () => {
    expect(failureClassOf(undefined)).toBe("other");
    expect(failureClassOf(999_999)).toBe("other");
    expect(failureClassOf(131049)).toBe("frequency");
  });
});
