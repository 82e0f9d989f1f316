import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool } from "./tool.ts";

export interface BookAppointmentDeps {
  bookAppointment(booking: {
    organizationId: string;
    chatIdentityId: string;
    serviceId: string;
    memberId: string | null;
    startsAt: string;
    idempotencyKey: string;
    firstName?: string | undefined;
    lastName?: string | undefined;
  }): Promise<
    | {
        kind: "booked";
        contactId: string;
        appointment: {
          id: string;
          serviceName: string | null;
          memberName: string | null;
          date: string;
          startTime: string;
        };
      }
    | { kind: "refused"; code: string }
  >;
}

const inputSchema = z.strictObject({
  proposalId: z.string().min(1),
  serviceId: z.string().min(1),
  memberId: z.string().min(1),
  startsAt: z.string().min(1),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
});

/** Books what the customer said yes to; the proposal's id is the idempotency key, the contact is the conversation's. */
export function createBookAppointment(store: BookAppointmentDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, chatIdentityId }): Promise<EffectOutput<"book_appointment">> {
      const { proposalId, serviceId, memberId, startsAt, firstName, lastName } = inputSchema.parse(input);
      const answer = await store.bookAppointment({
        organizationId,
        chatIdentityId,
        serviceId,
        memberId,
        startsAt,
        idempotencyKey: proposalId,
        firstName: firstName ?? undefined,
        lastName: lastName ?? undefined,
      });
      if (answer.kind === "refused") return { kind: "refused", code: answer.code };
      const { id, serviceName, memberName, date, startTime } = answer.appointment;
      return {
        kind: "booked",
        contactId: answer.contactId,
        appointment: { id, serviceName, memberName, date, startTime },
      };
    },
  };
}
