import { z } from "zod";
import type { Answer } from "./rpc.ts";

/** Why the database did not do what was asked: answers, not faults. */
export const REFUSALS = [
  "service_not_found",
  "member_not_found",
  "not_bookable",
  "needs_assessment",
  "name_required",
  "invalid_name",
  "too_soon",
  "too_far",
  "outside_hours",
  "slot_taken",
  "idempotency_conflict",
  "identity_not_found",
  "appointment_not_found",
  "not_confirmable",
  "not_cancellable",
  "not_reschedulable",
  "too_late",
  "invalid_range",
] as const;
export type Refusal = (typeof REFUSALS)[number];

export const slotSchema = z.object({
  startsAt: z.iso.datetime({ offset: true }),
  /** `YYYY-MM-DD` and `HH:MM`, the wall clock of the organization. */
  date: z.iso.date(),
  startTime: z.string(),
  endTime: z.string(),
  memberId: z.uuid(),
  memberName: z.string(),
});
/** A start that can be booked with a person who is free. */
export type Slot = z.infer<typeof slotSchema>;

const refusedSchema = z.object({
  code: z.enum(REFUSALS),
  /** The nearest bookable starts, where the refusal is about time. */
  alternatives: z.array(slotSchema).default([]),
  /** With `needs_assessment`: the service to offer first, null where the organization named none. */
  assessmentServiceId: z.uuid().nullable().default(null),
});
export type Refused = { kind: "refused" } & z.infer<typeof refusedSchema>;

/** Reads a refusal; null where the code is none that a customer can be told about. */
export function toRefused(answer: Answer): Refused | null {
  const parsed = refusedSchema.safeParse(answer);
  return parsed.success ? { kind: "refused", ...parsed.data } : null;
}
