import type { Dashboard, Panel, Variable } from "./dashboard-types.ts";

/** Where docs/runbook.md can be read in a browser: change it to where your copy is. */
const RUNBOOK_URL = "https://git.example.com/skytide/blob/main/docs/runbook.md";
const DATASOURCE = { type: "prometheus", uid: "$datasource" } as const;
/** Rows of Grafana's grid. */
const HEIGHT = { timeseries: 8, bars: 8, table: 8, stat: 4 } as const;
const COLUMNS = 24;

/** The dashboard as Grafana reads it. */
export function toGrafana(dashboard: Dashboard): object {
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ["skytide"],
    editable: false,
    graphTooltip: 1,
    refresh: "30s",
    schemaVersion: 39,
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    links: [
      {
        type: "dashboards",
        title: "Skytide",
        tags: ["skytide"],
        asDropdown: false,
        keepTime: true,
        includeVars: false,
      },
      { type: "link", title: "Runbook", url: RUNBOOK_URL, icon: "doc", targetBlank: true },
    ],
    annotations: { list: ANNOTATIONS.map((annotation) => ({ ...annotation, datasource: DATASOURCE, enable: true })) },
    templating: { list: [DATASOURCE_VARIABLE, ...dashboard.variables.map(toVariable)] },
    panels: arrange(dashboard),
  };
}

const DATASOURCE_VARIABLE = { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };

/** What explains a step in a curve: an alert that fires, a version that starts. */
const ANNOTATIONS = [
  {
    name: "Alerts",
    expr: 'ALERTS{alertname=~"Skytide.+",alertname!="SkytideWatchdog",alertstate="firing"}',
    titleFormat: "{{alertname}}",
    textFormat: "{{severity}} {{stage}}",
    iconColor: "red",
    step: "60s",
  },
  {
    name: "Rollouts",
    expr: "count by (version, commit) (skytide_build_info) unless count by (version, commit) (skytide_build_info offset 5m)",
    titleFormat: "Version {{version}}",
    textFormat: "{{commit}}",
    iconColor: "blue",
    step: "60s",
  },
] as const;

function toVariable({ name, label, from }: Variable): object {
  if ("values" in from) {
    const [first = ""] = from.values;
    const options = from.values.map((value) => ({ text: value, value, selected: value === first }));
    return { name, label, type: "custom", query: from.values.join(","), current: options[0], options };
  }
  return {
    name,
    label,
    type: "query",
    datasource: DATASOURCE,
    query: { query: from.query, refId: name },
    definition: from.query,
    includeAll: true,
    multi: true,
    allValue: from.all,
    current: { text: ["All"], value: ["$__all"] },
    // With every change of the time: processes come and go.
    refresh: 2,
    sort: 1,
  };
}

/** Rows below each other, their panels from left to right. */
function arrange({ rows }: Dashboard): object[] {
  let id = 0;
  let y = 0;
  return rows.flatMap(({ title, panels }) => {
    id += 1;
    const placed: object[] = [
      { id, type: "row", title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] },
    ];
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const width = panel.width ?? COLUMNS / 3;
      const height = panel.height ?? HEIGHT[panel.kind];
      if (x + width > COLUMNS) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      id += 1;
      placed.push({ id, gridPos: { x, y, w: width, h: height }, ...toPanel(panel) });
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
    return placed;
  });
}

function toPanel(panel: Panel): object {
  const instant = panel.kind === "stat" || panel.kind === "table";
  return {
    type: panel.kind === "bars" ? "timeseries" : panel.kind,
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    ...(panel.alerts ? { links: panel.alerts.map(runbookLink) } : {}),
    // One bar for each day of the last two weeks, whatever the dashboard shows.
    ...(panel.kind === "bars" ? { interval: "1d", timeFrom: "14d" } : {}),
    fieldConfig: { defaults: defaultsOf(panel), overrides: [] },
    options: optionsOf(panel),
    targets: panel.targets.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      editorMode: "code",
      expr,
      legendFormat: legend,
      instant,
      range: !instant,
      ...(panel.kind === "table" ? { format: "table" } : {}),
      ...(panel.exemplars ? { exemplar: true } : {}),
    })),
  };
}

function runbookLink(alert: string): object {
  return { title: `What to do: ${alert}`, url: `${RUNBOOK_URL}#${alert.toLowerCase()}`, targetBlank: true };
}

function defaultsOf({ kind, unit, limits, base = "green", stack, max }: Panel): object {
  const steps = [{ color: base, value: null }, ...(limits ?? []).map(({ above, color }) => ({ color, value: above }))];
  const drawn = {
    drawStyle: kind === "bars" ? "bars" : "line",
    fillOpacity: kind === "bars" ? 70 : stack ? 30 : 8,
    lineWidth: 1,
    showPoints: "never",
    stacking: { mode: stack ? "normal" : "none", group: "A" },
    thresholdsStyle: { mode: limits ? "line" : "off" },
  };
  return {
    unit,
    min: 0,
    ...(max === undefined ? {} : { max }),
    ...(kind === "stat" || limits ? { thresholds: { mode: "absolute", steps } } : {}),
    color: { mode: kind === "stat" ? "thresholds" : "palette-classic" },
    ...(kind === "timeseries" || kind === "bars" ? { custom: drawn } : {}),
  };
}

function optionsOf({ kind }: Panel): object {
  if (kind === "table") return { showHeader: true };
  if (kind === "stat") {
    return {
      colorMode: "value",
      graphMode: "none",
      reduceOptions: { calcs: ["lastNotNull"], values: false },
      textMode: "auto",
    };
  }
  return {
    legend: { displayMode: "list", placement: "bottom", showLegend: true },
    tooltip: { mode: "multi", sort: "desc" },
  };
}
