import type { Bus, BusMessage } from "@skytide/bus";
import { deadLetterSubject, STAGES, type Stage } from "@skytide/events";
import { z } from "zod";
import type { Failure } from "./failure.ts";

/**
 * What stands on `dead.<stage>.<org>.<chat>` and, given back, on `retry.<stage>.<org>.<chat>`: where the original is and
 * why it was put aside. Never a copy of the original: the words of people stay in one place.
 */
export const deadLetterSchema = z.object({
  stage: z.enum(STAGES),
  /** The consumer whose handler gave up. */
  durable: z.string(),
  stream: z.string(),
  subject: z.string(),
  sequence: z.number().int().nonnegative(),
  publishedAt: z.iso.datetime({ offset: true }),
  diedAt: z.iso.datetime({ offset: true }),
  organizationId: z.string(),
  chat: z.string(),
  eventId: z.string().optional(),
  eventType: z.string().optional(),
  errorClass: z.enum(["retryable", "permanent", "tenant", "unexpected"]),
  code: z.string(),
  /** Deliveries, including those after restarts. */
  attempts: z.number().int().positive(),
  replay: z.boolean(),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** Where a message comes from, and where its original stands when it is a replay. */
export interface Origin {
  stage: Stage;
  durable: string;
  stream: string;
  subject: string;
  sequence: number;
  organizationId: string;
  chat: string;
  replay: boolean;
  event?: { id: string; type: string } | undefined;
}

/** Builds the record of a message that is given up. */
export function toDeadLetter(
  origin: Origin,
  delivery: Pick<BusMessage, "publishedAt" | "redelivered">,
  failure: Failure,
  now: Date,
): DeadLetter {
  const { event, ...place } = origin;
  return {
    ...place,
    publishedAt: delivery.publishedAt.toISOString(),
    diedAt: now.toISOString(),
    ...(event ? { eventId: event.id, eventType: event.type } : {}),
    errorClass: failure.errorClass,
    code: failure.code,
    attempts: delivery.redelivered + 1,
  };
}

/** Stores the record; the same delivery gives the same message id. */
export async function publishDeadLetter(
  bus: Bus,
  letter: DeadLetter,
  deliveredSequence: number,
  headers: Record<string, string>,
): Promise<void> {
  const subject = deadLetterSubject(letter.stage, letter.organizationId, letter.chat);
  const messageId = `dead-${letter.durable}-${letter.replay ? "replay-" : ""}${deliveredSequence}`;
  const { traceparent } = headers;
  await bus.publishDeadLetter(subject, letter, messageId, traceparent === undefined ? {} : { traceparent });
}
