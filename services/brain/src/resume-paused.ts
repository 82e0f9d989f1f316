import { setTimeout as pause } from "node:timers/promises";
import type { StageContext } from "@skytide/stage";
import { PAUSE_SCOPES, type Pauses } from "@skytide/store";
import type { Logger, Metrics } from "@skytide/telemetry";
import type { TurnTimers } from "./timers.ts";

interface Deps {
  store: Pick<Pauses, "takeResumedChats" | "settleResumedChat">;
  timers: Pick<TurnTimers, "armUnlessPending">;
  log: Logger;
  metrics: Pick<Metrics, "paused">;
  everyMs: number;
}

/** How soon after its end a pause is noticed. */
const EVERY_MS = 2_000;
const AT_ONCE = 100;

/** Gives the conversations that waited for the end of a pause their turn, for as long as the stage runs; every replica looks. */
export function startResuming(
  { log, metrics, stack }: Pick<StageContext<unknown>, "log" | "metrics" | "stack">,
  deps: Pick<Deps, "store" | "timers"> & { everyMs?: number },
): void {
  const stop = new AbortController();
  const running = keepResuming({ everyMs: EVERY_MS, ...deps, log, metrics }, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
}

async function keepResuming(deps: Deps, signal: AbortSignal): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    let armed = 0;
    try {
      armed = await resume(deps);
      isFailing = false;
    } catch (error) {
      // Once per outage; who is not armed now is taken again when the lease is over.
      if (!isFailing) deps.log.error("resuming-failed", error);
      isFailing = true;
    }
    if (armed < AT_ONCE) await pause(deps.everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Arms first and forgets afterwards: a crash in between arms twice, and the second turn finds nothing to do. */
async function resume({ store, timers, log, metrics }: Deps): Promise<number> {
  const { chats, paused } = await store.takeResumedChats(AT_ONCE);
  for (const scope of PAUSE_SCOPES) metrics.paused(scope, paused[scope]);
  for (const { organizationId, chat, since } of chats) {
    await timers.armUnlessPending({ organizationId, chat }, new Date(since));
    await store.settleResumedChat({ organizationId, chat });
    log.event("pause-over", { org: organizationId, conversation: chat });
  }
  return chats.length;
}
