import { expect, test } from "vitest";
import { BUCKETS, createMetrics } from "../src/index.ts";

const newMetrics = () => createMetrics({ version: "1.2.3", commit: "abc", processMetrics: false });

test("the exposition is OpenMetrics with its content type and end", async () => {
  const { contentType, body } = await newMetrics().exposition();
  expect(contentType).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  expect(body).toContain('skytide_build_info{version="1.2.3",commit="abc"} 1');
  expect(body.trimEnd().endsWith("# EOF")).toBe(true);
});

test("every combination of a counter's labels is there with 0 before anything happened", async () => {
  const metrics = newMetrics();
  metrics.counter({
    name: "skytide_a_total",
    help: "a",
    labels: { stage: ["brain", "media"], outcome: ["ok", "dead"] },
  });
  metrics.counter({ name: "skytide_b_total", help: "b", labels: {} });
  const { body } = await metrics.exposition();
  for (const stage of ["brain", "media"]) {
    for (const outcome of ["ok", "dead"]) {
      expect(body).toContain(`skytide_a_total{stage="${stage}",outcome="${outcome}"} 0`);
    }
  }
  expect(body).toContain("skytide_b_total 0");
});

test("a value outside the list is counted as other", async () => {
  const metrics = newMetrics();
  const counter = metrics.counter({ name: "skytide_a_total", help: "a", labels: { outcome: ["ok"] } });
  counter.inc({ outcome: "573001112233" as "ok" });
  const { body } = await metrics.exposition();
  expect(body).toContain('skytide_a_total{outcome="other"} 1');
  expect(body).not.toContain("573001112233");
});

test("a histogram has the given buckets and a trace as exemplar", async () => {
  const metrics = newMetrics();
  const histogram = metrics.histogram({ name: "skytide_h_seconds", help: "h", labels: {}, buckets: BUCKETS.handler });
  histogram.observe({}, 0.3, { traceId: "0af7651916cd43dd8448eb211c80319c" });
  const { body } = await metrics.exposition();
  expect(body).toContain('skytide_h_seconds_bucket{le="0.25"} 0');
  expect(body).toMatch(/skytide_h_seconds_bucket\{le="0.5"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"\} 0.3/);
  expect(body).toContain("skytide_h_seconds_count 1");
});

test("a gauge is read when it is scraped", async () => {
  const metrics = newMetrics();
  metrics.gauge({
    name: "skytide_g",
    help: "g",
    labels: { stream: ["TIMERS"] },
    collect: (gauge) => gauge.set({ stream: "TIMERS" }, 7),
  });
  expect((await metrics.exposition()).body).toContain('skytide_g{stream="TIMERS"} 7');
});

test("a blocked organization is shown while it is blocked", async () => {
  const metrics = newMetrics();
  const org = "a0000000-0000-4000-8000-000000000001";
  metrics.orgBlocked.set(org, "bad_credentials");
  expect((await metrics.exposition()).body).toContain(`skytide_org_blocked{org="${org}",reason="bad_credentials"} 1`);
  metrics.orgBlocked.clear(org, "bad_credentials");
  expect((await metrics.exposition()).body).not.toContain(org);
});
