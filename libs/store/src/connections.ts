import { z } from "zod";
import type { Rpc } from "./rpc.ts";

export const platformSchema = z.enum(["whatsapp", "messenger", "instagram"]);
export type Platform = z.infer<typeof platformSchema>;

const connectionSchema = z.object({
  organizationId: z.uuid(),
  platform: platformSchema,
  appName: z.string(),
  appId: z.string().nullable(),
  /** Digits only. */
  businessNumber: z.string().nullable(),
  phoneNumberId: z.string().nullable(),
  webhookSecret: z.string().nullable(),
  isActive: z.boolean(),
});
/** An organization's app at the messaging provider; without its API key. */
export type Connection = z.infer<typeof connectionSchema>;

export interface Connections {
  /** Every connection of every organization, inactive ones included. */
  listConnections(): Promise<Connection[]>;
}

/** The functions about connections. */
export function createConnections(rpc: Rpc): Connections {
  const schema = z.object({ connections: z.array(connectionSchema) });
  return {
    listConnections: async () => (await rpc.call("list_connections", {}, schema)).connections,
  };
}
