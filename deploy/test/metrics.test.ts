import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DURABLES } from "@skytide/bus";
import { STAGES } from "@skytide/events";
import type { DeclaredMetric } from "@skytide/telemetry";
import { expect, test } from "vitest";
import { fleetMetrics, stageMetrics } from "../prometheus/declared-metrics.ts";
import { ROOT } from "./render.ts";

/** What settings and a bad day may bring: models with prices, servers of a cluster, organizations that are blocked at once. */
const MOST: Readonly<Record<string, number>> = { model: 6, server: 3, org: 50, version: 1, commit: 1 };
/** Durables of the stage that has most, each on one stream. */
const MOST_CONSUMERS = 5;
/** `process_*` and `nodejs_*`. */
const OF_NODE = 60;

test.for(STAGES)("even if everything happens once, %s stays within 1,500 series", (stage) => {
  const most = stageMetrics(stage).reduce((sum, metric) => sum + mostOf(metric), OF_NODE);
  expect(most).toBeLessThan(1_500);
});

test("no label of any stage may hold what grows with customers", () => {
  const labels = STAGES.flatMap((stage) => stageMetrics(stage).flatMap(({ labels: own }) => Object.keys(own)));
  for (const label of new Set(labels))
    expect(label).not.toMatch(/chat|conversation|contact|phone|message|url|error|text/);
  expect(DURABLES.length).toBeLessThan(20);
});

function mostOf({ labels, buckets }: DeclaredMetric): number {
  // The buckets, the one of everything, sum and count.
  const perSeries = buckets === undefined ? 1 : buckets.length + 3;
  if ("consumer" in labels) return MOST_CONSUMERS;
  const sets = Object.entries(labels).map(([name, values]) => values?.length ?? MOST[name] ?? Number.NaN);
  return sets.reduce((product, count) => product * count, perSeries);
}

test.for(STAGES)("the README of %s names every metric that the stage has beside those of all stages", (stage) => {
  const readme = readFileSync(join(ROOT, "services", stage, "README.md"), "utf8");
  const common = fleetMetrics().filter(({ stages }) => stages.length === STAGES.length);
  const own = stageMetrics(stage).filter(({ name }) => !common.some((metric) => metric.name === name));
  // `skytide_llm_*` stands for all that begin so.
  const missing = own.filter(({ name }) => !readme.includes(name) && !/^skytide_llm_/.test(name));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
