import type { Logger } from "@skytide/telemetry";
import type { OutboundMetrics } from "./metrics.ts";

const EVERY_MS = 30_000;
/** Enough to tell that something is wrong; the gauge stops here. */
const MOST = 1000;

interface Deps {
  list(request: { limit: number }): Promise<readonly unknown[]>;
  metrics: OutboundMetrics;
  log: Logger;
  stack: AsyncDisposableStack;
}

/** Keeps the gauge of sends that wait for an operator. */
export function watchUnknownSends({ list, metrics, log, stack }: Deps): void {
  const look = async () => {
    try {
      metrics.unknown.set({}, (await list({ limit: MOST })).length);
    } catch (error) {
      log.error("unknown-sends-not-read", error);
    }
  };
  void look();
  const timer = setInterval(look, EVERY_MS);
  stack.defer(() => clearInterval(timer));
}
