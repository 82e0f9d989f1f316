import { z } from "zod";
import { type Refused, type Slot, slotSchema, toRefused } from "./refusals.ts";
import { type FunctionName, type Parameters, type Rpc, readAnswer, refused } from "./rpc.ts";
import { appointmentStatusSchema } from "./turns.ts";

const appointmentSchema = z.object({
  id: z.uuid(),
  serviceId: z.uuid().nullable(),
  serviceName: z.string().nullable(),
  memberId: z.uuid().nullable(),
  memberName: z.string().nullable(),
  date: z.iso.date(),
  startTime: z.string(),
  endTime: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  status: appointmentStatusSchema,
});
/** An appointment as the committed row has it. */
export type Appointment = z.infer<typeof appointmentSchema>;

export interface AvailabilityQuestion {
  organizationId: string;
  serviceId: string;
  /** `YYYY-MM-DD`, both ends included, in the organization's zone. */
  from: string;
  to: string;
  memberId?: string | undefined;
  partOfDay?: "morning" | "afternoon" | "evening" | undefined;
  /** `HH:MM`: the slots nearest to this hour, instead of the first ones. */
  near?: string | undefined;
  limit?: number | undefined;
  /** Whose completed assessment counts for a service that requires one. */
  chatIdentityId?: string | undefined;
  /** The appointment that would be moved: its own time counts as free. */
  exceptAppointmentId?: string | undefined;
}

export interface Booking {
  organizationId: string;
  chatIdentityId: string;
  serviceId: string;
  /** Null: whoever is free. */
  memberId: string | null;
  /** ISO with offset. */
  startsAt: string;
  /** The same key is the same booking, however often it is asked. */
  idempotencyKey: string;
  /** Needed where the customer has no contact yet. */
  firstName?: string | undefined;
  lastName?: string | undefined;
}

interface AppointmentRequest {
  organizationId: string;
  chatIdentityId: string;
  appointmentId: string;
}

type Changed = { kind: "done"; appointment: Appointment; replayed: boolean } | Refused;

export interface Appointments {
  /** The starts that `bookAppointment` would accept now; no slots is an answer, not a refusal. */
  checkAvailability(question: AvailabilityQuestion): Promise<{ kind: "slots"; slots: Slot[]; total: number } | Refused>;
  /** Books; the contact is found or made by the number that the platform vouches for, never by one that was typed. */
  bookAppointment(
    booking: Booking,
  ): Promise<{ kind: "booked"; appointment: Appointment; contactId: string; replayed: boolean } | Refused>;
  /** Cancels the customer's own appointment. */
  cancelAppointment(request: AppointmentRequest & { reason?: string | undefined }): Promise<Changed>;
  /** Confirms the customer's own appointment. */
  confirmAppointment(request: AppointmentRequest): Promise<Changed>;
  /** Moves the customer's own appointment; the old time is free in the same transaction. */
  rescheduleAppointment(
    request: AppointmentRequest & { startsAt: string; memberId: string | null; idempotencyKey: string },
  ): Promise<Changed>;
}

const slotsSchema = z.object({ slots: z.array(slotSchema), total: z.number().int() });
const bookedSchema = z.object({ appointment: appointmentSchema, contactId: z.uuid(), replayed: z.boolean() });
const changedSchema = z.object({ appointment: appointmentSchema, replayed: z.boolean() });

async function ask<Name extends FunctionName, Result>(
  rpc: Rpc,
  name: Name,
  parameters: Parameters<Name>,
  schema: z.ZodType<Result>,
): Promise<Result | Refused> {
  const answer = await rpc.answer(name, parameters);
  if (answer.ok) return readAnswer(name, answer, schema);
  const refusal = toRefused(answer);
  if (refusal === null) throw refused(name, answer.code);
  return refusal;
}

function owner({ organizationId, chatIdentityId, appointmentId }: AppointmentRequest) {
  return { p_organization_id: organizationId, p_chat_identity_id: chatIdentityId, p_appointment_id: appointmentId };
}

/** The functions about free time and appointments. */
export function createAppointments(rpc: Rpc): Appointments {
  const change = <Name extends FunctionName>(name: Name, parameters: Parameters<Name>) =>
    ask(
      rpc,
      name,
      parameters,
      changedSchema.transform((value) => ({ kind: "done" as const, ...value })),
    );
  return {
    checkAvailability: (question) =>
      ask(
        rpc,
        "check_availability",
        {
          p_organization_id: question.organizationId,
          p_service_id: question.serviceId,
          p_from: question.from,
          p_to: question.to,
          p_member_id: question.memberId,
          p_part_of_day: question.partOfDay,
          p_near: question.near,
          p_limit: question.limit,
          p_chat_identity_id: question.chatIdentityId,
          p_except_appointment_id: question.exceptAppointmentId,
        },
        slotsSchema.transform((value) => ({ kind: "slots" as const, ...value })),
      ),
    bookAppointment: (booking) =>
      ask(
        rpc,
        "book_appointment",
        {
          p_organization_id: booking.organizationId,
          p_chat_identity_id: booking.chatIdentityId,
          p_service_id: booking.serviceId,
          p_member_id: booking.memberId ?? undefined,
          p_starts_at: booking.startsAt,
          p_idempotency_key: booking.idempotencyKey,
          p_first_name: booking.firstName,
          p_last_name: booking.lastName,
        },
        bookedSchema.transform((value) => ({ kind: "booked" as const, ...value })),
      ),
    cancelAppointment: (request) => change("cancel_appointment", { ...owner(request), p_reason: request.reason }),
    confirmAppointment: (request) => change("confirm_appointment", owner(request)),
    rescheduleAppointment: (request) =>
      change("reschedule_appointment", {
        ...owner(request),
        p_starts_at: request.startsAt,
        p_member_id: request.memberId ?? undefined,
        p_idempotency_key: request.idempotencyKey,
      }),
  };
}
