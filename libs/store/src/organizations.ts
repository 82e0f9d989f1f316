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

export interface Organizations {
  /** The settings of all organizations, or of those changed since; `asOf` is what to ask with next time. */
  listOrganizationSettings(since?: string): Promise<{ asOf: string; organizations: OrganizationBrief[] }>;
}

/** The functions about organizations as a whole. */
export function createOrganizations(rpc: Rpc): Organizations {
  const listed = z.object({ asOf: instant, organizations: z.array(briefSchema) });
  return {
    listOrganizationSettings: (since) => rpc.call("list_organization_settings", { p_since: since }, listed),
  };
}
