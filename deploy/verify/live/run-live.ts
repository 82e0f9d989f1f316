import { join } from "node:path";
import { parse } from "yaml";
import type { Row } from "../table.ts";
import { checkHealth, checkNames, checkPanels } from "./check-rules.ts";
import { discardDeadLetters } from "./dead-letters.ts";
import { type LiveFleet, startLiveFleet } from "./live-fleet.ts";
import { OUTAGES } from "./outages.ts";
import { type Prometheus, startPrometheus } from "./prometheus.ts";
import { ruleFiles, runOutage, startFastPrometheus } from "./run-outage.ts";
import { SCRIPT } from "./scripted-load.ts";
import { startTraffic } from "./traffic.ts";
import { watchAlerts } from "./watch-alerts.ts";

export interface LiveOptions {
  mayMount: boolean;
  /** Names of the rows that are wanted; all of them when it is empty. */
  only: readonly string[];
  signal: AbortSignal;
  note(text: string): void;
  row(row: Row): void;
}

/** Rows of the part before the outages: what the real rules and the dashboards see of a fleet at work. */
const CALM_ROWS = ["live-load", "live-rules", "live-metrics", "live-dashboards", "live-calm"];
/** Every row of the live part. */
export const LIVE_ROWS = [...CALM_ROWS, ...OUTAGES.map(({ name }) => `live-${name}`)];

/** Runs a fleet, a load and the outages under real Prometheus servers; reports a row for each thing looked at. */
export async function runLive(options: LiveOptions): Promise<void> {
  const { signal, note } = options;
  const wants = (name: string) => options.only.length === 0 || options.only.includes(name);
  const step = async (check: string, work: () => Promise<string>) => {
    signal.throwIfAborted();
    const began = performance.now();
    const report = (result: Row["result"], seen: string) =>
      options.row({ check, result, seconds: (performance.now() - began) / 1_000, seen });
    try {
      report("ok", await work());
    } catch (error) {
      signal.throwIfAborted();
      report("failed", error instanceof Error ? error.message : String(error));
    }
  };
  await using cleanup = new AsyncDisposableStack();
  const live = await startLiveFleet(options);
  cleanup.defer(() => live.stop());
  // What runs under an outage cannot be told of the abort: ending the fleet ends it.
  signal.addEventListener("abort", () => live.fleet.killAll(), { once: true });
  if (CALM_ROWS.some(wants)) await underLoad(live, step, note);
  for (const outage of OUTAGES) {
    const check = `live-${outage.name}`;
    if (!wants(check)) continue;
    const reason = outage.whyNot?.(live);
    if (reason !== undefined) options.row({ check, result: "skipped", seconds: 0, seen: `skipped: ${reason}` });
    else await step(check, () => runOutage(live, outage, { signal, note }));
  }
}

type Step = (check: string, work: () => Promise<string>) => Promise<void>;

async function underLoad(live: LiveFleet, step: Step, note: (text: string) => void): Promise<void> {
  await using prometheuses = new AsyncDisposableStack();
  const started = async (starting: Promise<Prometheus>) => {
    const prometheus = await starting;
    prometheuses.defer(() => prometheus.stop());
    return prometheus;
  };
  const traffic = startTraffic(live);
  prometheuses.defer(() => traffic.stop());
  const rules = ruleFiles();
  const folder = join(live.folder, "real-time");
  const port = await live.freePort();
  const real = await started(startPrometheus({ folder, port, everyMs: 2_000, rules, targets: live.targets }));
  const fast = await started(startFastPrometheus(live, "calm"));
  const watched = [watchAlerts(real), watchAlerts(fast)];
  await step("live-load", () => playScript(live, note));
  await step("live-rules", () => checkHealth(fast, real));
  await step("live-metrics", () => checkNames([fast, real], ruleExpressions(rules)));
  await step("live-dashboards", () => checkPanels([fast, real]));
  await step("live-calm", async () => {
    await Promise.all(watched.map((one) => one.stop()));
    const fired = watched.flatMap(({ seen }) => [...seen.keys()]);
    if (fired.length > 0) throw new Error(`fired without a reason: ${[...new Set(fired)].join(", ")}`);
    return "nothing but the watchdog fired, by the rules as they are and by those in which time runs faster";
  });
}

async function playScript(live: LiveFleet, note: (text: string) => void): Promise<string> {
  for (const [name, play] of Object.entries(SCRIPT)) {
    await play(live);
    note(`load: ${name}`);
  }
  await discardDeadLetters(live);
  return Object.keys(SCRIPT).join("; ");
}

function ruleExpressions(files: Readonly<Record<string, string>>): { where: string; expression: string }[] {
  return Object.values(files).flatMap((text) => {
    const { groups } = parse(text) as { groups: { rules: { alert?: string; record?: string; expr: string }[] }[] };
    return groups.flatMap(({ rules }) =>
      rules.map(({ alert, record, expr }) => ({ where: alert ?? record ?? "", expression: expr })),
    );
  });
}
