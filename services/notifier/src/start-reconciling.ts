import type { StageContext } from "@skytide/stage";
import type { Store } from "@skytide/store";
import type { Config } from "./config.ts";
import type { NotifierMetrics } from "./metrics.ts";
import { createHandoffReconciling, runReconciling } from "./reconcile.ts";
import { createReminderReconciling } from "./reminders/reconcile-reminders.ts";
import type { ReminderDeps } from "./reminders/reminder-types.ts";
import type { createHandoffTending } from "./tend-handoff.ts";

interface Parts {
  store: Store;
  reminders: ReminderDeps;
  tendHandoff: ReturnType<typeof createHandoffTending>;
  metrics: NotifierMetrics;
}

/** Compares the timers with the database beside the workers, until the stage drains. */
export function startReconciling(context: StageContext<Config>, { store, reminders, tendHandoff, metrics }: Parts) {
  const { bus, clock, config, log, stack } = context;
  const stop = new AbortController();
  const running = runReconciling(
    {
      timersCreatedAt: async () => (await bus.streamInfo("TIMERS")).createdAt,
      reminders: createReminderReconciling({ ...reminders, list: store.listRemindersDue }),
      handoffs: createHandoffReconciling({ list: store.listHandoffs, tend: tendHandoff }),
      now: clock,
      metrics,
      log,
      at: config.RECONCILE_AT,
      pollMs: config.RECONCILE_POLL_MS,
    },
    stop.signal,
  );
  stack.defer(async () => {
    stop.abort();
    await running;
  });
}
