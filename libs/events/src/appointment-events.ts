import { z } from "zod";
import { eventSchema } from "./envelope.ts";

const appointmentSchema = z.object({
  appointmentId: z.uuid(),
  contactId: z.uuid(),
  serviceId: z.uuid().nullable(),
  memberId: z.uuid().nullable(),
  /** Wall clock in the organization's zone. */
  date: z.iso.date(),
  startTime: z.string(),
  endTime: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  timezone: z.string(),
  status: z.enum(["programada", "confirmada", "cancelada", "completada", "no_asistio"]),
});

/** Lane appointment, published by the relay alone: the agent's changes and the CRM's. */
export const appointmentBookedSchema = eventSchema("appointment.booked", appointmentSchema);
export const appointmentConfirmedSchema = eventSchema("appointment.confirmed", appointmentSchema);
export const appointmentCancelledSchema = eventSchema("appointment.cancelled", appointmentSchema);
export const appointmentRescheduledSchema = eventSchema("appointment.rescheduled", appointmentSchema);
export const appointmentCompletedSchema = eventSchema("appointment.completed", appointmentSchema);
export const appointmentNoShowSchema = eventSchema("appointment.no_show", appointmentSchema);
