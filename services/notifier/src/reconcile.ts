import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@skytide/telemetry";
import type { NotifierMetrics } from "./metrics.ts";

const DAY_MS = 24 * 60 * 60_000;

interface Deps {
  /** When the stream of the timers was created: another time means that it lost what it held. */
  timersCreatedAt(): Promise<string>;
  reminders(signal: AbortSignal): Promise<number>;
  handoffs(signal: AbortSignal): Promise<number>;
  now(): Date;
  metrics: Pick<NotifierMetrics, "reconciled" | "rearmed">;
  log: Logger;
  /** `HH:MM`, UTC. */
  at: string;
  pollMs: number;
}

/** Compares the timers with the database: when the stage starts, every night, and as soon as the stream of timers is another one. */
export async function runReconciling(deps: Deps, signal: AbortSignal): Promise<void> {
  let known: string | undefined;
  let nextAt = 0;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      const createdAt = await deps.timersCreatedAt();
      if (createdAt !== known || deps.now().getTime() >= nextAt) {
        await reconcile(deps, signal);
        known = createdAt;
        nextAt = nextNight(deps.now(), deps.at);
      }
      isFailing = false;
    } catch (error) {
      // Once per outage, not once per try.
      if (!isFailing) deps.log.error("reconcile-failed", error);
      isFailing = true;
    }
    await pause(deps.pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function reconcile({ reminders, handoffs, metrics, log, now }: Deps, signal: AbortSignal): Promise<void> {
  const startedAt = now().getTime();
  const armed = { reminder: await reminders(signal), handoff: await handoffs(signal) };
  metrics.rearmed.inc({ kind: "reminder" }, armed.reminder);
  metrics.rearmed.inc({ kind: "handoff" }, armed.handoff);
  metrics.reconciled.set({}, now().getTime() / 1000);
  const durationMs = now().getTime() - startedAt;
  log.event("timers-reconciled", { count: armed.reminder + armed.handoff, durationMs });
}

/** The next time that a clock in UTC shows this hour. */
function nextNight(now: Date, at: string): number {
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T${at}:00.000Z`);
  return today > now.getTime() ? today : today + DAY_MS;
}

/** Looks after every hand-off that is under way, page by page; answers how many. */
export function createHandoffReconciling(deps: {
  list(of: { limit: number; after?: string }): Promise<{ id: string; organizationId: string; chat: string }[]>;
  tend(of: { organizationId: string; chat: string; signal: AbortSignal }): Promise<unknown>;
}) {
  const limit = 500;
  return async (signal: AbortSignal): Promise<number> => {
    let count = 0;
    let after: string | undefined;
    for (;;) {
      const page = await deps.list({ limit, ...(after === undefined ? {} : { after }) });
      for (const { organizationId, chat } of page) {
        if (signal.aborted) return count;
        await deps.tend({ organizationId, chat, signal });
        count += 1;
      }
      after = page.at(-1)?.id;
      if (after === undefined || page.length < limit) return count;
    }
  };
}
