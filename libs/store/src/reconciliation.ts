import { z } from "zod";
import type { Rpc } from "./rpc.ts";

const instant = z.iso.datetime({ offset: true });

const knownSchema = z.object({
  /** The highest place on the log that a reply ever had. */
  lastSequence: z.number().int(),
  appointments: z.array(z.object({ appointmentId: z.uuid(), status: z.string(), startsAt: instant.nullable() })),
  /** Changes that the log was told since the given time. */
  published: z.number().int(),
  /** Conversations whose customer wrote last since the given time. */
  unanswered: z.array(z.object({ organizationId: z.uuid(), chat: z.string(), at: instant })),
});
/** What the database knows that the log should know, too. */
export type KnownToDatabase = z.infer<typeof knownSchema>;

export interface Reconciliation {
  /** What the database knows of these appointments, and of everything since then. */
  compareWithLog(of: { since: Date; appointmentIds: readonly string[] }): Promise<KnownToDatabase>;
  /** Has the relay tell the log again what it was told since then. */
  publishOutboxAgain(since: Date): Promise<{ rows: number }>;
}

/** The functions for the time after a restore. */
export function createReconciliation(rpc: Rpc): Reconciliation {
  return {
    compareWithLog: ({ since, appointmentIds }) =>
      rpc.call("compare_with_log", { p_since: since.toISOString(), p_appointments: [...appointmentIds] }, knownSchema),
    publishOutboxAgain: (since) =>
      rpc.call("publish_outbox_again", { p_since: since.toISOString() }, z.object({ rows: z.number().int() })),
  };
}
