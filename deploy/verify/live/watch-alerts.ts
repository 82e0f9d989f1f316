import { setTimeout as pause } from "node:timers/promises";
import type { Alert, Prometheus } from "./prometheus.ts";

const LOOK_EVERY_MS = 500;
/** Always on. */
const WATCHDOG = "SkytideWatchdog";

/** An alert as the outages name it: its name, and what tells two of one name apart. */
function nameOf({ labels }: Pick<Alert, "labels">): string {
  const shown = ["stage", "job", "dependency", "consumer", "kind", "model", "reason", "invariant"];
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

/** Messages that wait or are held at any consumer, the lanes' surplus among them. */
const WAITING = "sum(skytide_jetstream_consumer_pending) + sum(skytide_jetstream_consumer_ack_pending) > 0";
const PARKED = "sum(skytide_parked_messages) > 0";
/** Gauges are as old as the last look of their stage, every 10 s, and those of one that just started are not there yet. */
const QUIET_FOR_MS = 12_000;

/** Waits until nothing fires but what may linger and nothing waits any more; answers what still does when the time is over. */
export async function untilCalm(
  prometheus: Pick<Prometheus, "alerts" | "count">,
  lingers: RegExp,
  limitMs: number,
): Promise<string[]> {
  const deadline = performance.now() + limitMs;
  let quietSince = performance.now();
  for (;;) {
    const left = (await firing(prometheus)).filter((name) => !lingers.test(name)).map((name) => `still fires: ${name}`);
    const waiting = (await prometheus.count(WAITING)) + (await prometheus.count(PARKED));
    if (waiting > 0) left.push("messages still wait");
    const now = performance.now();
    if (left.length > 0) quietSince = now;
    if (now - quietSince > QUIET_FOR_MS || (left.length > 0 && now > deadline)) return left;
    await pause(LOOK_EVERY_MS);
  }
}
