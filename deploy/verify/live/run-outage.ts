import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { LiveFleet } from "./live-fleet.ts";
import type { Outage } from "./outages.ts";
import { type Prometheus, startPrometheus } from "./prometheus.ts";
import { scaleRules } from "./scale-rules.ts";
import { startTraffic } from "./traffic.ts";
import { untilCalm, watchAlerts } from "./watch-alerts.ts";

/** How much faster time runs in the rules: the shortest window, 5 minutes, is 15 s then, more than the 10 s between two looks of a stage at the log. */
const RATIO = 20;
const EVERY_MS = 1_000;
const CALM_MS = 15_000;
const CALM_WITHIN_MS = 60_000;
const HEAL_WITHIN_MS = 120_000;
const RULES = join(import.meta.dirname, "..", "..", "prometheus", "rules");

/** The texts of our rule files by name. */
export function ruleFiles(): Record<string, string> {
  return Object.fromEntries(readdirSync(RULES).map((name) => [name, readFileSync(join(RULES, name), "utf8")]));
}

/** A Prometheus that has seen nothing yet, with the rules in which time runs faster. */
export async function startFastPrometheus(live: LiveFleet, name: string): Promise<Prometheus> {
  const rules = Object.fromEntries(Object.entries(ruleFiles()).map(([file, text]) => [file, scaleRules(text, RATIO)]));
  const port = await live.freePort();
  return startPrometheus({ folder: join(live.folder, name), port, everyMs: EVERY_MS, rules, targets: live.targets });
}

/**
 * Plants an outage under traffic and compares what fires with what should, both ways; then heals and waits until nothing
 * fires and nothing waits. Each has a Prometheus of its own, so that long windows do not carry one outage into the next.
 */
export async function runOutage(
  live: LiveFleet,
  outage: Outage,
  { signal, note }: { signal: AbortSignal; note(text: string): void },
): Promise<string> {
  const prometheus = await startFastPrometheus(live, outage.name);
  const traffic = startTraffic(live);
  try {
    await untilCalmFor(prometheus);
    note(`${outage.name}: planted`);
    const during = watchAlerts(prometheus);
    try {
      await outage.plant(live);
      await pause(outage.lastsMs, undefined, { signal });
    } finally {
      await outage.heal(live);
      await during.stop();
    }
    note(`${outage.name}: healed; fired: ${list(during.seen)}`);
    await traffic.stop();
    const healedAt = performance.now();
    const left = await untilCalm(prometheus, outage.lingers, HEAL_WITHIN_MS);
    const problems = [...compare(outage.expected, [...during.seen.keys()]), ...left];
    if (problems.length > 0) throw new Error(`${problems.join("; ")}\nfired: ${list(during.seen)}`);
    return `${list(during.seen)}; silent ${((performance.now() - healedAt) / 1_000).toFixed(0)} s after healing`;
  } finally {
    await traffic.stop();
    await prometheus.stop();
  }
}

/** A fleet that has just been started again answers slowly at first: an outage is planted only into silence. */
async function untilCalmFor(prometheus: Prometheus): Promise<void> {
  const deadline = performance.now() + CALM_WITHIN_MS;
  for (;;) {
    const before = watchAlerts(prometheus);
    await pause(CALM_MS);
    await before.stop();
    if (before.seen.size === 0) return;
    if (performance.now() > deadline) throw new Error(`before anything was planted there fired ${list(before.seen)}`);
  }
}

/** What is missing and what is too much. */
export function compare(expected: readonly string[], fired: readonly string[]): string[] {
  return [
    ...expected.filter((name) => !fired.includes(name)).map((name) => `did not fire: ${name}`),
    ...fired.filter((name) => !expected.includes(name)).map((name) => `should not fire: ${name}`),
  ];
}

function list(seen: ReadonlyMap<string, number>): string {
  return seen.size === 0
    ? "nothing"
    : [...seen].map(([name, second]) => `${name} after ${second.toFixed(0)} s`).join(", ");
}
