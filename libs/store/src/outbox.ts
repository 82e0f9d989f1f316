import { z } from "zod";
import { platformSchema } from "./connections.ts";
import type { Rpc } from "./rpc.ts";

const rowSchema = z.object({
  id: z.number().int(),
  organizationId: z.uuid(),
  /** The conversation, where one is known. */
  chat: z.string().nullable(),
  /** Who it is on the platform, to compute the conversation where `chat` is null; null where nobody is known. */
  customer: z.object({ platform: platformSchema, platformUserId: z.string() }).nullable(),
  type: z.enum([
    "appointment.booked",
    "appointment.confirmed",
    "appointment.cancelled",
    "appointment.rescheduled",
    "appointment.completed",
    "appointment.no_show",
    "contact.created",
    "contact.erased",
    "consent.changed",
    "escalation.resolved",
    "bot.paused",
    "bot.resumed",
  ]),
  /** The event's payload, as libs/events has it. */
  data: z.record(z.string(), z.unknown()),
  occurredAt: z.iso.datetime({ offset: true }),
});
/** A change in the database that the log has yet to hear of. */
export type OutboxRow = z.infer<typeof rowSchema>;

export interface Outbox {
  /** Leases the oldest unpublished rows, in order; a lease that runs out gives them back. */
  claimOutbox(of: { limit: number; leaseMs: number }): Promise<OutboxRow[]>;
  /** Says that rows are on the log. */
  markOutboxPublished(ids: readonly number[]): Promise<{ published: number }>;
}

/** The functions of the relay. */
export function createOutbox(rpc: Rpc): Outbox {
  return {
    claimOutbox: async ({ limit, leaseMs }) =>
      (await rpc.call("claim_outbox", { p_limit: limit, p_lease_ms: leaseMs }, z.object({ rows: z.array(rowSchema) })))
        .rows,
    markOutboxPublished: (ids) =>
      rpc.call("mark_outbox_published", { p_ids: [...ids] }, z.object({ published: z.number().int() })),
  };
}
