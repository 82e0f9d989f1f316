import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });
const count = z.number().int();

const tenantSchema = z.object({
  organizationId: z.uuid(),
  name: z.string(),
  agentEnabled: z.boolean(),
  draftMode: z.boolean(),
  /** Why nothing reaches its customers, a code each: what its app is refused with, `no-connection`, `spend-ceiling`. */
  blocked: z.array(z.string()),
  paused: z.array(z.enum(["org", "bot", "conversation"])),
  lastMessageAt: instant.nullable(),
  lastReplyAt: instant.nullable(),
  /** Conversations whose customer has had no answer for two minutes, from nobody; and since when the first. */
  waiting: count,
  waitingSince: instant.nullable(),
  /** Of the last 24 hours. */
  turns: count,
  failedTurns: count,
  failedSends: count,
  openEscalations: count,
});
/** How one organization is doing. */
export type Tenant = z.infer<typeof tenantSchema>;

export interface Tenants {
  /** Every organization at a glance, in one round trip. */
  listTenants(): Promise<{ asOf: string; tenants: Tenant[] }>;
}

/** The function about all organizations at a glance. */
export function createTenants(rpc: Rpc): Tenants {
  const listed = z.object({ asOf: instant, tenants: z.array(tenantSchema) });
  return { listTenants: () => rpc.call("list_tenants", {}, listed) };
}
