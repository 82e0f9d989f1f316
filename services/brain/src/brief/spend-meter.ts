import { PermanentError } from "@skytide/errors";
import { createUsageLedger, type ModelOperation, type Usage } from "@skytide/models";
import type { Spend, UsageRecords } from "@skytide/store";
import type { Logger } from "@skytide/telemetry";
import type { SpendMetrics } from "./spend-metrics.ts";

interface Deps {
  record: UsageRecords["recordUsage"];
  /** Told once per organization and day, by the replica that met the ceiling first. */
  tell(organizationId: string, spend: Spend): Promise<void>;
  metrics: SpendMetrics;
  log: Logger;
  now(): Date;
  retryMs?: number;
}

interface Conversation {
  organizationId: string;
  chat: string;
}

/** What an organization may spend in a day and has spent, as its turn's facts say. */
interface Budget {
  ceilingUsd: number | null;
  spentTodayUsd: number;
}

/** Counts what models are used for and how turns end, added up in the database for all replicas (decisions/0080). */
export interface SpendMeter {
  add(conversation: Conversation, operation: ModelOperation, usage: Usage): void;
  addTurn(organizationId: string, isFailed: boolean): void;
  /** Whether the day's ceiling is met. Calls that are not written down yet count too. */
  isExhausted(organizationId: string, budget: Budget): boolean;
  /** Resolves when what was added is written down, or after a moment: a turn must not wait for its bill. */
  settled(organizationId: string): Promise<void>;
  close(): Promise<void>;
}

const SETTLE_WITHIN_MS = 1_000;

/** Opens the meter. A database that is away keeps it waiting; what cannot be written is kept and told. */
export function createSpendMeter(deps: Deps): SpendMeter {
  const ledger = createUsageLedger({
    async record(write) {
      const spend = await deps.record(write, { tells: true });
      if (!spend.reached) return;
      deps.metrics.reached();
      deps.log.warn("spend-ceiling-reached", { org: write.organizationId });
      await deps.tell(write.organizationId, spend);
    },
    isHopeless: (error) => error instanceof PermanentError && error.code === "organization-not-found",
    onFailure: (org, error) => deps.log.warn("spend-not-recorded", { org, code: codeOf(error) }),
    now: deps.now,
    ...(deps.retryMs === undefined ? {} : { retryMs: deps.retryMs }),
  });
  return {
    add(conversation, operation, usage) {
      if (usage.costUsd === undefined) deps.metrics.unpriced();
      ledger.add(conversation, operation, usage);
    },
    addTurn: ledger.addTurn,
    isExhausted(organizationId, { ceilingUsd, spentTodayUsd }) {
      if (ceilingUsd === null || spentTodayUsd + ledger.waitingUsd(organizationId) < ceilingUsd) return false;
      deps.metrics.refused();
      // Nobody may have met it with a call: it was lowered, or is zero. The database tells one replica to say so.
      ledger.ask(organizationId);
      return true;
    },
    settled: (organizationId) => ledger.settled(organizationId, SETTLE_WITHIN_MS),
    close: ledger.close,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unexpected";
}
