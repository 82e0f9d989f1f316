import type { Organizations, Spend } from "@skytide/store";
import type { Logger } from "@skytide/telemetry";
import type { SpendMetrics } from "./spend-metrics.ts";

/** What is known of one call. */
interface Call {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  costUsd?: number | undefined;
}

interface Waiting {
  usd: number;
  calls: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

interface Deps {
  record: Organizations["recordSpend"];
  /** Told once per organization and day, by the replica that met the ceiling first. */
  tell(organizationId: string, spend: Spend): Promise<void>;
  metrics: SpendMetrics;
  log: Logger;
  /** How long calls are gathered before they are written down. */
  flushMs?: number;
}

/** What an organization may spend in a day and has spent, as its turn's facts say. */
interface Budget {
  ceilingUsd: number | null;
  spentTodayUsd: number;
}

/** Counts what model calls cost, per organization: gathered here for a second, added up in the database for all replicas. */
export interface SpendMeter {
  add(organizationId: string, call: Call): void;
  /** Whether the day's ceiling is met. Calls that are not written down yet count too. */
  isExhausted(organizationId: string, budget: Budget): boolean;
  /** Writes down what waits; what could not be written waits on. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const FLUSH_MS = 1_000;

/** Opens the meter. A crash loses what the last second cost; a database that is away keeps it waiting. */
export function createSpendMeter(deps: Deps): SpendMeter {
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function wait(organizationId: string, call: Partial<Waiting>): void {
    const sum = waiting.get(organizationId) ?? nothing();
    for (const key of Object.keys(sum) as (keyof Waiting)[]) sum[key] += call[key] ?? 0;
    waiting.set(organizationId, sum);
    timer ??= setTimeout(() => void flush(), deps.flushMs ?? FLUSH_MS).unref();
  }

  async function write([organizationId, sum]: [string, Waiting]): Promise<void> {
    try {
      const spend = await deps.record(organizationId, sum);
      if (!spend.reached) return;
      deps.metrics.reached();
      deps.log.warn("spend-ceiling-reached", { org: organizationId });
      await deps.tell(organizationId, spend);
    } catch (error) {
      deps.log.warn("spend-not-recorded", { org: organizationId, code: codeOf(error) });
      wait(organizationId, sum);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const sums = [...waiting];
    waiting.clear();
    flushing = flushing.then(async () => void (await Promise.all(sums.map(write))));
    return flushing;
  }

  return {
    add(organizationId, { costUsd, inputTokens, cachedInputTokens, outputTokens }) {
      if (costUsd === undefined) deps.metrics.unpriced();
      wait(organizationId, {
        usd: costUsd ?? 0,
        calls: 1,
        inputTokens,
        cachedTokens: cachedInputTokens,
        outputTokens,
      });
    },
    isExhausted(organizationId, { ceilingUsd, spentTodayUsd }) {
      if (ceilingUsd === null || spentTodayUsd + (waiting.get(organizationId)?.usd ?? 0) < ceilingUsd) return false;
      deps.metrics.refused();
      // Nobody may have met it with a call: it was lowered, or is zero. The database tells one replica to say so.
      wait(organizationId, {});
      return true;
    },
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
    },
  };
}

function nothing(): Waiting {
  return { usd: 0, calls: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unexpected";
}
