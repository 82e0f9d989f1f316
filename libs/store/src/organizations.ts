import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

const briefSchema = z.object({
  organizationId: z.uuid(),
  agentEnabled: z.boolean(),
  /** null: the fleet's. */
  debounceMs: z.number().int().nullable(),
  /** null: the stage's. */
  maxConcurrency: z.number().int().nullable(),
  updatedAt: instant.nullable(),
});
/** The few settings that are wanted of every organization before there is a turn. */
export type OrganizationBrief = z.infer<typeof briefSchema>;

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

export interface SpentCalls {
  usd: number;
  calls: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

export interface Organizations {
  /** The settings of all organizations, or of those changed since; `asOf` is what to ask with next time. */
  listOrganizationSettings(since?: string): Promise<{ asOf: string; organizations: OrganizationBrief[] }>;
  /** Adds what model calls cost to the organization's day; with zeros it only asks. */
  recordSpend(organizationId: string, spent: SpentCalls): Promise<Spend>;
}

/** The functions about organizations and what they spend. */
export function createOrganizations(rpc: Rpc): Organizations {
  const listed = z.object({ asOf: instant, organizations: z.array(briefSchema) });
  return {
    listOrganizationSettings: (since) => rpc.call("list_organization_settings", { p_since: since }, listed),
    recordSpend: (organizationId, { usd, calls, inputTokens, cachedTokens, outputTokens }) =>
      rpc.call(
        "record_spend",
        {
          p_organization_id: organizationId,
          p_usd: usd,
          p_calls: calls,
          p_input_tokens: inputTokens,
          p_cached_tokens: cachedTokens,
          p_output_tokens: outputTokens,
        },
        spendSchema,
      ),
  };
}
