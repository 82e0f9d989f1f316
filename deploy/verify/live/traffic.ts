import { setTimeout as pause } from "node:timers/promises";
import { BRISA } from "../../../test/organizations.ts";
import type { LiveFleet } from "./live-fleet.ts";

/** Ratios of the rules ask for 20 events in a window, and the shortest of those windows is 30 s here. */
const EVERY_MS = 600;
/** Enough that nobody writes again while the agent still answers. */
const CUSTOMERS = 60;

/** Customers who ask something, one after the other, until it is stopped: an outage that nobody meets raises nothing. */
export function startTraffic(live: LiveFleet): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const run = async () => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      const number = String(573_004_000_000 + (turn % CUSTOMERS));
      await live.phone(BRISA.app, number).say("¿cuál es la dirección?");
      await pause(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  // Whoever stops it is told; before that nobody waits for it.
  running.catch(() => undefined);
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
