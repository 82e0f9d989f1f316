import type { Payload } from "./decisions.ts";
import type { Context, Slot } from "./memory.ts";
import { namesAnotherService } from "./services.ts";
import type { OwnAppointment } from "./types.ts";

/** The customer's own appointments as the database has them now. */
export function ownAppointments({ facts }: Context): OwnAppointment[] {
  return facts?.appointments ?? [];
}

/** The own appointment that is being changed; null while it is not known which, or where it is none any more. */
export function appointmentInHand(context: Context): OwnAppointment | null {
  return ownAppointments(context).find(({ id }) => id === context.change?.appointmentId) ?? null;
}

/** True where the customer's details are for another appointment than the one that is being changed. */
export function isForNewBooking(context: Context, { service_id }: Payload<"book">): boolean {
  const { change, booking } = context;
  if (change?.kind !== "move") return true;
  return service_id !== null && namesAnotherService(context, booking?.serviceId ?? null);
}

/** What exactly a question about an appointment is about: moved, or of another service, it is another question. */
export function subjectOf({ id, startsAt, serviceId }: OwnAppointment): string {
  return [id, startsAt, serviceId].join(" ");
}

/** The appointment in the shape in which a yes is checked against it. */
export function asShown(appointment: OwnAppointment): Slot {
  const { id, startsAt, date, startTime, endTime, memberId, memberName } = appointment;
  return { id, startsAt, date, startTime, endTime, memberId: memberId ?? "", memberName: memberName ?? "" };
}
