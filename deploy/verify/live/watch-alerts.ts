import { setTimeout as pause } from "node:timers/promises";
import type { Alert, Prometheus } from "./prometheus.ts";

const LOOK_EVERY_MS = 500;
/** Always on. */
const WATCHDOG = "SkytideWatchdog";

/** An alert as the outages name it: its name, and what tells two of one name apart. */
function nameOf({ labels }: Pick<Alert, "labels">): string {
  const shown = ["stage", "job", "dependency", "server", "consumer", "kind", "model", "reason", "invariant"];
  const told = shown.filter((label) => labels[label] !== undefined).map((label) => `${label}=${labels[label]}`);
  return told.length === 0 ? (labels.alertname ?? "") : `${labels.alertname}{${told.join(",")}}`;
}

/** The alerts that fire now, without the one that always does. */
async function firing(prometheus: Pick<Prometheus, "alerts">): Promise<string[]> {
  const alerts = (await prometheus.alerts()).filter(
    ({ state, labels }) => state === "firing" && labels.alertname !== WATCHDOG,
  );
  return alerts.map(nameOf).toSorted();
}

/** Collects what fires, from now on, with the second at which it was seen first. */
export function watchAlerts(prometheus: Pick<Prometheus, "alerts">): {
  seen: ReadonlyMap<string, number>;
  stop(): Promise<void>;
} {
  const seen = new Map<string, number>();
  const began = performance.now();
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      for (const name of await firing(prometheus)) {
        if (!seen.has(name)) seen.set(name, (performance.now() - began) / 1_000);
      }
      await pause(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  running.catch(() => undefined);
  return {
    seen,
    stop() {
      stopping.abort();
      return running;
    },
  };
}

/** Waits until nothing fires any more; answers what still does when the time is over. */
export async function untilCalm(prometheus: Pick<Prometheus, "alerts">, limitMs: number): Promise<string[]> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const left = await firing(prometheus);
    if (left.length === 0 || performance.now() > deadline) return left;
    await pause(LOOK_EVERY_MS);
  }
}
