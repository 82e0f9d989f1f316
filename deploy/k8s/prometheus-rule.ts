import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

const RULES = join(import.meta.dirname, "..", "prometheus", "rules");

/** The rules of deploy/prometheus/rules as the Prometheus operator takes them. */
export function prometheusRule(): string {
  const files = readdirSync(RULES).toSorted();
  const groups = files.flatMap(
    (name) => (parse(readFileSync(join(RULES, name), "utf8")) as { groups: object[] }).groups,
  );
  const object = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "skytide", labels: { "app.kubernetes.io/part-of": "skytide" } },
    spec: { groups },
  };
  return `# Made from deploy/prometheus/rules by "npm run deploy:generate".\n${stringify(object)}`;
}
