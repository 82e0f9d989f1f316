import { expect, test } from "vitest";
import { parse } from "yaml";
import { metricNames } from "../live/metric-names.ts";
import { compare, ruleFiles } from "../live/run-outage.ts";
import { scaleRules } from "../live/scale-rules.ts";

const rule = (expr: string, more = "") => `groups: [{ name: a, rules: [{ alert: A, expr: '${expr}'${more} }] }]`;
const scaled = (text: string) => parse(scaleRules(text, 20)).groups[0].rules[0];

test("windows, offsets and waiting run faster; numbers, matchers and recorded names stay", () => {
  expect(scaled(rule('sum(rate(a_total{le=~"2|2[.]0"}[1h30m])) > 60', ", for: 10m"))).toEqual({
    ...{ alert: "A", for: "30000ms" },
    expr: 'sum(rate(a_total{le=~"2|2[.]0"}[270000ms])) > 60',
  });
  expect(scaled(rule("max_over_time(a[1h:1m] offset 1d) > skytide:a:ratio_rate5m")).expr).toBe(
    "max_over_time(a[180000ms:3000ms] offset 4320000ms) > skytide:a:ratio_rate5m",
  );
});

test("our own rules keep nothing of their real windows", () => {
  for (const text of Object.values(ruleFiles())) {
    const fast = scaleRules(text, 20);
    expect(text).toMatch(/\[\d+[smhd]\]/);
    expect(fast).not.toMatch(/\[\d+[smhdw]\b|for: \d+[smhdw]\b/);
    expect(fast.match(/expr:/g)).toHaveLength(text.match(/expr:/g)?.length ?? 0);
  }
});

test("an expression tells which metrics it asks for", () => {
  const expression =
    'sum by (stage) (rate(skytide_turns_total{outcome="skytide_no"}[5m])) / on () up{job=~"a"} > skytide:x:y1h';
  expect(metricNames(expression)).toEqual(["skytide_turns_total", "up", "skytide:x:y1h"]);
});

test("an outage is compared both ways", () => {
  expect(compare(["A", "B"], ["B", "C"])).toEqual(["did not fire: A", "should not fire: C"]);
});
