import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const spendSchema = z.object({
  /** The organization's own calendar day. */
  day: z.iso.date(),
  spentUsd: z.number(),
  ceilingUsd: z.number().nullable(),
  /** True once a day: this call was the first to meet the ceiling. */
  reached: z.boolean(),
});
/** What an organization's models have cost today. */
export type Spend = z.infer<typeof spendSchema>;

const count = z.number().int();

const rowSchema = z.object({
  organizationId: z.uuid(),
  organizationName: z.string(),
  timezone: z.string(),
  /** Of the organization's calendar; null where days are added up. */
  day: z.iso.date().nullable(),
  /** The conversation; null where conversations are added up, empty for what belongs to none. */
  chat: z.string().nullable(),
  model: z.string(),
  calls: count,
  /** Those whose model had no price. */
  unpricedCalls: count,
  inputTokens: count,
  /** Part of the input. */
  cachedTokens: count,
  outputTokens: count,
  /** Null where no call had a price. */
  usd: z.number().nullable(),
});
/** What one model was used for. */
export type UsageRow = z.infer<typeof rowSchema>;

/** One write of a ledger; the same id twice is one write. */
interface UsageWrite {
  organizationId: string;
  id: string;
  at: Date;
  calls: readonly object[];
  turns: number;
  failedTurns: number;
}

export interface UsageRecords {
  /** Adds what model calls and turns came to; with nothing to add it only asks how the day stands. `reached` is for one who tells. */
  recordUsage(write: UsageWrite, options?: { tells?: boolean }): Promise<Spend>;
  /** A page of what was used between two days, both included; the last one is empty. */
  listUsage(of: {
    from: string;
    to: string;
    organizationId?: string | undefined;
    by: "conversation" | "day" | "org";
    /** The last row of the page before. */
    after?: UsageRow | undefined;
  }): Promise<UsageRow[]>;
}

const PAGE = 1_000;

/** The functions about what models were used for. */
export function createUsageRecords(rpc: Rpc): UsageRecords {
  const listed = z.object({ rows: z.array(rowSchema) });
  return {
    recordUsage: ({ organizationId, id, at, calls, turns, failedTurns }, { tells = false } = {}) =>
      rpc.call(
        "record_usage",
        {
          p_organization_id: organizationId,
          p_write_id: id,
          p_at: at.toISOString(),
          p_calls: calls,
          p_turns: turns,
          p_failed_turns: failedTurns,
          p_tells: tells,
        },
        spendSchema,
      ),
    async listUsage({ from, to, organizationId, by, after }) {
      const period = { p_from: from, p_to: to, p_organization_id: organizationId, p_by: by };
      return (await rpc.call("list_usage", { ...period, p_limit: PAGE, p_after: after ?? null }, listed)).rows;
    },
  };
}
