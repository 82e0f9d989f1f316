import { fleetMetrics } from "../prometheus/declared-metrics.ts";

const fleet = new Map(fleetMetrics().map((metric) => [metric.name, metric]));
/** Labels that no stage gives. */
const FROM_SCRAPING = ["job", "instance", "le"];

/** The metrics in a query or a text that no stage makes. */
export function unknownMetrics(text: string): string[] {
  const named = [...text.matchAll(/\bskytide_[a-z0-9_]+/g)].map(([name]) => name);
  return named.filter((name) => !fleet.has(familyOf(name)));
}

/** The labels, and values of labels, in a query or a text that their metric does not have; `$variables` are anything. */
export function unknownLabels(text: string): string[] {
  return [...text.matchAll(/\b(skytide_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(([, name = "", inside = ""]) =>
    [...inside.matchAll(/([a-z_]+)(?:=~|!=|!~|=)"([^"]*)"/g)].flatMap(([, label = "", values = ""]) => {
      const allowed = fleet.get(familyOf(name))?.labels[label];
      if (FROM_SCRAPING.includes(label) || allowed === null || values.startsWith("$")) return [];
      return values.split("|").flatMap((value) => (allowed?.includes(value) ? [] : [`${name}{${label}="${value}"}`]));
    }),
  );
}

function familyOf(series: string): string {
  return fleet.has(series) ? series : series.replace(/_(bucket|count|sum)$/, "");
}
