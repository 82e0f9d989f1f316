import { setTimeout as wait } from "node:timers/promises";

const CLOCK = { now: () => performance.now(), sleep: (ms: number): Promise<void> => wait(ms) };

/** Waits until the next event may be taken: `perSecond` of them, evenly; at once when there is no pace. A pause is not caught up. */
export function openPace(perSecond: number | undefined, clock = CLOCK): () => Promise<void> {
  if (perSecond === undefined) return async () => {};
  let free = 0;
  return async () => {
    const now = clock.now();
    const mine = Math.max(now, free);
    free = mine + 1_000 / perSecond;
    if (mine > now) await clock.sleep(Math.ceil(mine - now));
  };
}
