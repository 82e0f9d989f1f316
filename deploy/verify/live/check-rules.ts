import { listExpressions } from "../../grafana/expressions.ts";
import { metricNames } from "./metric-names.ts";
import type { Prometheus } from "./prometheus.ts";
import { untilTrue } from "./scripted-load.ts";

/** Metrics that exist only while something is broken (operations.md §4.1); that the code makes them a test of the rules says. */
const ONLY_IN_TROUBLE: ReadonlySet<string> = new Set(["skytide_org_blocked"]);
/** The longest interval of a group is a minute, which is three seconds where time runs faster. */
const EVALUATED_WITHIN_MS = 20_000;

/** Throws when a rule did not evaluate; else says how many did. `slow` need not have come round to every group yet. */
export async function checkHealth(fast: Prometheus, slow: Prometheus): Promise<string> {
  await untilTrue(async () => (await fast.rules()).every(({ health }) => health !== "unknown"), EVALUATED_WITHIN_MS);
  const rules = await fast.rules();
  const bad = [...rules, ...(await slow.rules())].filter(({ health, lastError }) => health === "err" || lastError);
  if (bad.length > 0) throw new Error(bad.map(({ name, lastError }) => `${name}: ${lastError ?? ""}`).join("\n"));
  return `${rules.length} rules evaluate without an error`;
}

/** Throws when an expression asks for a metric that Prometheus has never seen; else says how many it knows. */
export async function checkNames(
  [fast, slow]: readonly [Prometheus, Prometheus],
  expressions: readonly { where: string; expression: string }[],
): Promise<string> {
  // What is recorded once a minute the fast one has first.
  const known = new Set([...(await fast.metricNames()), ...(await slow.metricNames())]);
  const asked = new Set<string>();
  const unknown: string[] = [];
  for (const { where, expression } of expressions) {
    for (const name of metricNames(expression)) {
      asked.add(name);
      if (!known.has(name) && !ONLY_IN_TROUBLE.has(name)) unknown.push(`${name} (${where})`);
    }
  }
  if (unknown.length > 0) throw new Error(`unknown: ${[...new Set(unknown)].join(", ")}`);
  if (asked.size === 0) throw new Error("no expression asks for anything");
  return `${expressions.length} expressions ask for ${asked.size} metrics, all known (Prometheus has ${known.size})`;
}

/** Throws when a panel's query finds nothing on a fleet that works, unless the panel says why; else says how many found something. */
export async function checkPanels(prometheuses: readonly [fast: Prometheus, slow: Prometheus]): Promise<string> {
  const expressions = listExpressions({ rateInterval: "30s", range: "2m" });
  const names = await checkNames(
    prometheuses,
    expressions.map(({ dashboard, panel, expr }) => ({ where: `${dashboard}: ${panel}`, expression: expr })),
  );
  const empty: string[] = [];
  let mayBeEmpty = 0;
  for (const { dashboard, panel, expr, emptyWhen } of expressions) {
    const [fast, slow] = await Promise.all(prometheuses.map((one) => one.count(expr)));
    if ((fast ?? 0) + (slow ?? 0) > 0) continue;
    if (emptyWhen === undefined) empty.push(`${dashboard}: ${panel}: ${expr}`);
    else mayBeEmpty += 1;
  }
  if (empty.length > 0) throw new Error(`found nothing:\n${[...new Set(empty)].join("\n")}`);
  return `${names}; ${expressions.length - mayBeEmpty} found something, ${mayBeEmpty} found nothing and say when that is right`;
}
