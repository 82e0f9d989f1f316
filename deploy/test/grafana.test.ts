import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMetrics } from "@skytide/telemetry";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { generatedFiles } from "../generate.ts";
import { listExpressions } from "../grafana/expressions.ts";
import { PROCESS_METRICS } from "../grafana/queries.ts";
import { unknownLabels, unknownMetrics } from "./known-metrics.ts";
import { ROOT } from "./render.ts";

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: object;
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { expr: string; refId: string; datasource: object; exemplar?: boolean; instant: boolean }[];
  links?: { url: string }[];
}
interface Dashboard {
  uid: string;
  title: string;
  editable: boolean;
  tags: string[];
  panels: Panel[];
  annotations: { list: { expr: string }[] };
  templating: { list: { name: string; label: string; type: string; refresh?: number; definition?: string }[] };
}

const folder = join(ROOT, "deploy", "grafana");
const names = readdirSync(join(folder, "dashboards"));
const dashboards = names.map((name): Dashboard => JSON.parse(readFileSync(join(folder, "dashboards", name), "utf8")));
const panels = dashboards.flatMap(({ title, panels: all }) =>
  all.filter(({ type }) => type !== "row").map((panel) => ({ ...panel, where: `${title}: ${panel.title}` })),
);
const queries = panels.flatMap(({ where, targets = [] }) => targets.map(({ expr }) => ({ where, expr })));
/** Gauges of which each process shows its own part. */
const OF_ITS_OWN = ["skytide_inflight", "skytide_concurrency_limit", "skytide_parked_messages"];
/** Histograms whose observations bring their trace. */
const WITH_TRACES = [
  "skytide_reply_latency_seconds",
  "skytide_reply_wall_seconds",
  "skytide_handler_duration_seconds",
  "skytide_turn_duration_seconds",
];
const DATASOURCE = { type: "prometheus", uid: "$datasource" };

test("the files are what the panel lists and the rules make (npm run deploy:generate)", () => {
  const made = generatedFiles();
  for (const name of names) expect([...made.keys()]).toContain(`grafana/dashboards/${name}`);
  for (const [path, text] of made) expect(readFileSync(join(ROOT, "deploy", path), "utf8"), path).toBe(text);
});

describe("the rules of Grafana's own linter", () => {
  test("each dashboard has an id of its own, is not edited in the browser, and is found by its tag", () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { uid, editable, tags } of dashboards)
      expect({ uid, editable, tags }).toEqual({ uid, editable: false, tags: ["skytide"] });
  });

  test("the datasource is chosen by a variable, and every panel and target uses it", () => {
    for (const { templating } of dashboards) {
      expect(templating.list[0]).toMatchObject({ name: "datasource", label: "Data source", type: "datasource" });
    }
    for (const { where, datasource, targets = [] } of panels) {
      expect(datasource, where).toEqual(DATASOURCE);
      for (const target of targets) expect(target.datasource, where).toEqual(DATASOURCE);
    }
  });

  test("variables follow the time that is shown", () => {
    for (const { title, templating } of dashboards) {
      for (const { name, type, refresh } of templating.list)
        if (type === "query") expect(refresh, `${title} ${name}`).toBe(2);
    }
  });

  test("every panel has a title, a sentence of description, a unit and a query", () => {
    for (const { where, title, description, fieldConfig, targets } of panels) {
      expect(title, where).not.toBe("");
      expect(description, where).toMatch(/\.$/);
      expect(fieldConfig?.defaults.unit, where).toBeTruthy();
      expect(targets?.length, where).toBeGreaterThan(0);
    }
  });

  test("every series is chosen by job and instance", () => {
    for (const { where, expr } of queries) {
      for (const [, name = "", inside = ""] of expr.matchAll(
        /\b((?:skytide|process|nodejs)_[a-z0-9_]+|up)\{([^}]*)\}/g,
      )) {
        expect(inside, `${where}: ${name}`).toMatch(/\bjob(=~"\$job"|="skytide-\$stage")/);
        expect(inside, `${where}: ${name}`).toContain('instance=~"$instance"');
      }
      expect(expr.replaceAll(/[a-z0-9_]+\{/g, ""), where).not.toMatch(/\b(skytide|process|nodejs)_/);
    }
  });

  test("counters are read as rates, over a range that Grafana chooses", () => {
    for (const { where, expr } of queries) {
      expect(expr, where).not.toMatch(/_(total|bucket|count|sum)\{[^}]*\}(?!\[)/);
      for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) {
        // le=~"2|2[.]0" is no range.
        if (range !== ".") expect(["$__rate_interval", "$__range"], where).toContain(range);
      }
    }
  });
});

test("what every process shows alike is never summed up", () => {
  const summed = /\bsum(?: by \([^)]*\))? \((skytide_\w+)\{/g;
  for (const { where, expr } of queries) {
    for (const [, name = ""] of expr.matchAll(summed)) expect(OF_ITS_OWN, where).toContain(name);
  }
});

test("panels do not lie on each other", () => {
  for (const { title, panels: all } of dashboards) {
    const taken = new Set<string>();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { title: panel, gridPos } of all) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x}/${y}`) || x > 23, `${title}: ${panel}`).toBe(false);
          taken.add(`${x}/${y}`);
        }
      }
    }
  }
});

test("queries use only metrics, labels and values that a stage makes, and processes really show the rest", async () => {
  for (const { where, expr } of queries) expect([...unknownMetrics(expr), ...unknownLabels(expr)], where).toEqual([]);
  const { body } = await createMetrics({ version: "0.0.0" }).exposition();
  for (const name of PROCESS_METRICS) expect(body).toMatch(new RegExp(`^${name}[ {]`, "m"));
});

test("a typing mistake in a name, a label or a value stops the generator", async () => {
  const { fleetQueries: q } = await import("../grafana/shared.ts");
  expect(() => q.rate("skytide_turn_total")).toThrow("No stage makes skytide_turn_total.");
  expect(() => q.rate("skytide_turns_total", { by: ["stage"] })).toThrow("has no label stage");
  expect(() => q.rate("skytide_turns_total", { where: { outcome: "fialed" } })).toThrow("no outcome fialed");
});

test("links lead to entries of the runbook", () => {
  const headings = readFileSync(join(ROOT, "docs", "runbook.md"), "utf8")
    .match(/^## .*$/gm)
    ?.join(", ")
    .toLowerCase();
  const links = panels.flatMap(({ links: own = [] }) => own.map(({ url }) => url));
  expect(links.length).toBeGreaterThan(20);
  for (const url of links) expect(headings, url).toMatch(new RegExp(`\\b${url.split("#")[1]}\\b`));
});

test("every alert has a panel that shows what it watches", () => {
  const rules = readFileSync(join(ROOT, "deploy", "prometheus", "rules", "alerts.yml"), "utf8");
  const linked = new Set(panels.flatMap(({ links: own = [] }) => own.map(({ url }) => url.split("#")[1])));
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name = ""]) => name);
  // Tickets of a budget have the entry of its fast burn; the watchdog watches nothing.
  const own = alerts.filter((name) => !/Ticket(Slow)?$|Watchdog$/.test(name));
  expect(own.filter((name) => !linked.has(name.toLowerCase()))).toEqual([]);
});

test("single replies show in latencies and open their trace", () => {
  const shown = panels.flatMap(({ targets = [] }) =>
    targets.filter(({ exemplar }) => exemplar).map(({ expr }) => expr),
  );
  for (const name of WITH_TRACES) expect(shown.join(), name).toContain(`${name}_bucket`);
  for (const expr of shown)
    expect(
      WITH_TRACES.some((name) => expr.includes(`${name}_bucket`)),
      expr,
    ).toBe(true);
  const provisioning = readFileSync(join(folder, "provisioning", "datasources", "prometheus.yml"), "utf8");
  // The label that libs/telemetry gives to an exemplar.
  expect(provisioning).toContain("exemplarTraceIdDestinations");
  expect(provisioning).toContain("name: trace_id");
});

const promtool = whyNoPromtool();
test.skipIf(promtool !== null)(
  `promtool reads every query${promtool === null ? "" : ` (skipped: ${promtool})`}`,
  () => {
    const exprs = [
      ...listExpressions().map(({ expr }) => expr),
      ...dashboards.flatMap(({ annotations }) => annotations.list.map(({ expr }) => expr)),
    ];
    for (const expr of exprs) expect(expr).not.toContain("$");
    const place = mkdtempSync(join(tmpdir(), "skytide-panels-"));
    try {
      const file = join(place, "panels.yml");
      const rules = exprs.map((expr, index) => ({ record: `panel:${index}`, expr }));
      writeFileSync(file, stringify({ groups: [{ name: "panels", rules }] }));
      expect(execFileSync("promtool", ["check", "rules", file], { encoding: "utf8" })).toContain(
        `${exprs.length} rules found`,
      );
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  },
);

function whyNoPromtool(): string | null {
  try {
    execFileSync("promtool", ["--version"], { stdio: "pipe" });
    return null;
  } catch {
    return "it is not on the PATH";
  }
}
