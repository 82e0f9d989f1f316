import type { Lease, Leases } from "@skytide/coordination";
import type { StageContext } from "@skytide/stage";
import type { Pauses } from "@skytide/store";
import type { Logger } from "@skytide/telemetry";
import type { Config } from "./config.ts";
import type { BrainMetrics } from "./metrics.ts";
import { createSweep } from "./sweep.ts";
import type { TurnTimers } from "./timers.ts";

/** One for the whole fleet: there is one log. */
const LEASE = "sweep";
/** Older messages cannot be answered with free words any more. */
const FIRST_WINDOW_MS = 24 * 60 * 60 * 1_000;

interface SweepingDeps {
  sweep: ReturnType<typeof createSweep>;
  leases: Leases;
  metrics: Pick<BrainMetrics, "sweep">;
  log: Logger;
  now(): Date;
  settings: {
    everyMs: number;
    /** A message this young has a timer or a turn that is being repeated. */
    graceMs: number;
  };
}

/** Sweeps now and again; the replica that holds the lease does it for all, and keeps it until it stops. */
function keepSweeping({ sweep, leases, metrics, log, now, settings }: SweepingDeps): AsyncDisposable {
  const stopping = new AbortController();
  let lease: Lease | null = null;
  let sweptUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  async function once(): Promise<void> {
    if (lease === null || lease.lost.aborted) {
      lease = await leases.acquire(LEASE);
      if (lease === null) return metrics.sweep("held_elsewhere", 0);
      // What another replica has swept before is not known here.
      sweptUntil = now().getTime() - FIRST_WINDOW_MS;
    }
    const until = new Date(now().getTime() - settings.graceMs);
    const signal = AbortSignal.any([stopping.signal, lease.lost]);
    const found = await sweep({ since: new Date(sweptUntil), until, signal });
    if (signal.aborted) return;
    sweptUntil = until.getTime();
    metrics.sweep("done", found);
    if (found > 0) log.warn("unanswered-found", { count: found });
  }

  async function run(): Promise<void> {
    try {
      await once();
    } catch (error) {
      metrics.sweep("failed", 0);
      log.error("sweep-failed", error);
    }
    if (!stopping.signal.aborted) timer = setTimeout(start, settings.everyMs);
  }

  let running = Promise.resolve();
  function start(): void {
    running = run();
  }
  timer = setTimeout(start, settings.everyMs);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      clearTimeout(timer);
      await running;
      await lease?.release();
    },
  };
}

/** Sweeps for as long as the stage runs, unless it is switched off. */
export function startSweeping(
  { bus, clock, config, log, stack }: StageContext<Config>,
  deps: Pick<SweepingDeps, "leases" | "metrics"> & { timers: TurnTimers; store: Pick<Pauses, "isPaused"> },
): void {
  if (config.SWEEP_MS === 0) return;
  const sweep = createSweep({ log: bus, timers: deps.timers, isPaused: deps.store.isPaused, now: clock });
  const graceMs = config.TURN_DEADLINE_MS + config.DEBOUNCE_MAX_MS;
  stack.use(keepSweeping({ ...deps, sweep, log, now: clock, settings: { everyMs: config.SWEEP_MS, graceMs } }));
}
