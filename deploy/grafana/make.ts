import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DASHBOARDS } from "./dashboards.ts";
import { toGrafana } from "./to-grafana.ts";

/** The files of deploy/grafana/dashboards by name. */
export function dashboardFiles(): Map<string, string> {
  return new Map(DASHBOARDS.map((one) => [one.file, `${JSON.stringify(toGrafana(one), null, 2)}\n`]));
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, "dashboards");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of dashboardFiles()) writeFileSync(join(folder, name), text);
  process.stdout.write(`${DASHBOARDS.length} dashboards written to deploy/grafana/dashboards\n`);
}
