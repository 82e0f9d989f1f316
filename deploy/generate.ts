import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardFiles } from "./grafana/dashboard-files.ts";
import { prometheusRule } from "./k8s/prometheus-rule.ts";

/** What is made from other files of deploy/, by path below it; tests compare it with what is checked in. */
export function generatedFiles(): Map<string, string> {
  return new Map([
    ...[...dashboardFiles()].map(([name, text]) => [`grafana/dashboards/${name}`, text] as const),
    ["k8s/components/prometheus-operator/prometheus-rule.yaml", prometheusRule()],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of generatedFiles()) {
    writeFileSync(join(import.meta.dirname, path), text);
    process.stdout.write(`deploy/${path}\n`);
  }
}
