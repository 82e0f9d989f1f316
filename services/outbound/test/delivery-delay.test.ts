import { createMetrics } from "@skytide/telemetry";
import { expect, test } from "vitest";
import { createOutboundMetrics } from "../src/metrics.ts";

test("the delay of a delivery is counted once, by whatever id its receipt names, and only for sends of this process", async () => {
  const metrics = createMetrics({ version: "0", processMetrics: false });
  const { deliveries } = createOutboundMetrics(metrics);
  deliveries.accepted("m1", new Date(0));
  deliveries.delivered(["of-another-replica"], new Date(1_000));
  deliveries.delivered(["wamid.1", "m1"], new Date(3_000));
  deliveries.delivered(["m1"], new Date(9_000));
  const { body } = await metrics.exposition();
  expect(body).toContain('skytide_delivery_delay_seconds_sum{status="delivered"} 3\n');
  expect(body).toContain('skytide_delivery_delay_seconds_count{status="delivered"} 1\n');
});
