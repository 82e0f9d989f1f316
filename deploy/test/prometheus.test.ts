import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "@skytide/events";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { unknownLabels, unknownMetrics } from "./known-metrics.ts";
import { ROOT } from "./render.ts";

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: { severity: string };
  annotations?: { summary: string; runbook_url: string };
}

const folder = join(ROOT, "deploy", "prometheus");
const files = readdirSync(join(folder, "rules")).map((name) => join(folder, "rules", name));
const rules = files.flatMap((file) =>
  (parse(readFileSync(file, "utf8")) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const runbook = readFileSync(join(ROOT, "docs", "runbook.md"), "utf8");

test("every alert has one severity, a sentence, and a runbook entry of all four parts", () => {
  const sections = runbook.split(/^## /m).slice(1);
  for (const { alert = "", labels, annotations } of alerts) {
    expect(["page", "ticket", "warning", "none"], alert).toContain(labels?.severity);
    expect(annotations?.summary, alert).toMatch(/\.$/);
    expect(annotations?.runbook_url, alert).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    const section = sections.find((text) => text.split("\n")[0]?.split(", ").includes(alert));
    // A heading of several alerts has an anchor for each.
    if (section?.split("\n")[0]?.includes(",")) expect(runbook).toContain(`<a id="${alert.toLowerCase()}"></a>`);
    for (const part of ["**Meaning**", "**Impact**", "**Look**", "**Do**"]) expect(section, alert).toContain(part);
  }
  const named = sections.flatMap((text) => text.split("\n")[0]?.split(", ") ?? []);
  expect(named.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted());
});

const texts = [...rules.map(({ expr }) => expr), ...[...runbook.matchAll(/`([^`\n]*)`/g)].map(([, text = ""]) => text)];

test("rules and runbook use only metrics that a stage makes", () => {
  expect(texts.flatMap(unknownMetrics)).toEqual([]);
});

test("rules and runbook ask only for labels and values that their metric can have", () => {
  expect(texts.flatMap(unknownLabels)).toEqual([]);
});

test("every recording rule that an alert reads is there", () => {
  const recorded = rules.map(({ record }) => record);
  for (const { expr, alert } of alerts) {
    for (const [name] of expr.matchAll(/\bskytide:[a-z0-9_:]+/g)) expect(recorded, alert).toContain(name);
  }
});

test("Prometheus of the compose file finds every process of every stage under the job that alerts name", () => {
  const config = parse(readFileSync(join(folder, "prometheus.yml"), "utf8")) as { scrape_configs: object[] };
  expect(config.scrape_configs).toEqual(
    STAGES.map((stage) => ({
      job_name: `skytide-${stage}`,
      dns_sd_configs: [{ names: [stage], type: "A", port: 9090, refresh_interval: "10s" }],
    })),
  );
  const named = rules.flatMap(({ expr }) => [...expr.matchAll(/\bjob="([^"]+)"/g)].map(([, job = ""]) => job));
  for (const job of named) expect(STAGES.map((stage) => `skytide-${stage}`)).toContain(job);
});

const hasPromtool = (() => {
  try {
    execFileSync("promtool", ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasPromtool)(`promtool${hasPromtool ? "" : " (skipped: it is not on the PATH)"}`, () => {
  test("accepts the configuration with all rules", () => {
    expect(promtool("check", "config", join(folder, "prometheus.yml"))).toContain(`${files.length} rule files found`);
  });
  test("accepts every rule", () => {
    expect(promtool("check", "rules", ...files)).toContain("SUCCESS");
  });
  test("sees each planted outage raise its alert, and calm raise none", () => {
    const tests = readdirSync(join(folder, "tests")).map((name) => join(folder, "tests", name));
    expect(promtool("test", "rules", ...tests)).toContain("SUCCESS");
  });
});

function promtool(...given: string[]): string {
  try {
    return execFileSync("promtool", given, { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}`;
  }
}
