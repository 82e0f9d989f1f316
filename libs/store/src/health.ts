import { z } from "zod";
import type { Rpc } from "./rpc.ts";

export interface Health {
  /** Whether the database answers, and which migration it is at. */
  health(): Promise<{ schemaVersion: string }>;
}

/** The function behind a readiness check. */
export function createHealth(rpc: Rpc): Health {
  return { health: () => rpc.call("health", {}, z.object({ schemaVersion: z.string() })) };
}
