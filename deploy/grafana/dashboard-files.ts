import { DASHBOARDS } from "./dashboards.ts";
import { toGrafana } from "./to-grafana.ts";

/** The files of deploy/grafana/dashboards by name. */
export function dashboardFiles(): Map<string, string> {
  return new Map(DASHBOARDS.map((one) => [one.file, `${JSON.stringify(toGrafana(one), null, 2)}\n`]));
}
