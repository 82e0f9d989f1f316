import { appointmentsNamed } from "./changes.ts";
import { outputOf } from "./effects.ts";
import type { Context } from "./memory.ts";
import { appointmentInHand, ownAppointments, subjectOf } from "./own-appointments.ts";
import { SLOT_GONE } from "./refusals.ts";
import type { Change, MachineEvent } from "./types.ts";

interface Args {
  context: Context;
  event: MachineEvent;
}

/** What decides about appointments that exist; the tools for them answer alike. */
export const changeGuards = {
  isChanging: ({ context }: Args) => context.change !== null,
  isCancelling: ({ context }: Args) => context.change?.kind === "cancel",
  isConfirming: ({ context }: Args) => context.change?.kind === "confirm",
  isMoving: ({ context }: Args) => context.change?.kind === "move",

  confirmsBooking: ({ context, event }: Args) =>
    isChangeOf(event, "confirm") && context.booking !== null && context.change === null,
  cancelsBooking: ({ context, event }: Args) =>
    isChangeOf(event, "cancel") &&
    context.booking !== null &&
    context.change === null &&
    ownAppointments(context).length === 0,
  hasNoAppointments: ({ context }: Args) => ownAppointments(context).length === 0,
  isAppointmentKnown: ({ context }: Args) => appointmentInHand(context) !== null,
  isAppointmentGone: ({ context }: Args) =>
    context.change?.appointmentId != null && appointmentInHand(context) === null,
  isConfirmedAlready: ({ context }: Args) => appointmentInHand(context)?.status === "confirmada",
  isOwnAppointment: ({ context, event }: Args) =>
    event.type === "agent.choose_appointment" &&
    context.change !== null &&
    ownAppointments(context).some(({ id }) => id === event.appointment_id),
  /** Details that fit one of the own appointments, where it is asked which is meant. */
  namesAppointment: ({ context, event }: Args) =>
    event.type === "agent.book" &&
    (event.service_id ?? event.day ?? event.time ?? event.part_of_day) !== null &&
    appointmentsNamed(context, event).length > 0,
  /** The appointment still is the customer's, and still for when and for what it was shown to be. */
  isAsShown: ({ context }: Args) => {
    const appointment = appointmentInHand(context);
    const { subject = "" } = context.proposal ?? {};
    // Version 2 of the memory noted no service: its shorter subject says as much as it knew.
    return appointment !== null && subject !== "" && subjectOf(appointment).startsWith(subject);
  },
  /** The very button that the customer tapped now, and nobody's word for it. */
  isReminderTapped: ({ context: { heard }, event }: Args) =>
    event.type === "customer.tapped_reminder" &&
    heard?.button !== undefined &&
    heard.button !== "invalid" &&
    heard.button.action === event.action &&
    heard.button.appointmentId === event.appointmentId &&
    heard.button.startsAt === event.startsAt,
  isReminderOver: ({ context, event }: Args) =>
    event.type === "customer.tapped_reminder" &&
    remindedOf(context, event) === null &&
    Date.parse(event.startsAt) <= Date.parse(context.facts?.now ?? ""),
  isReminderOfNone: ({ context, event }: Args) => remindedOf(context, event) === null,
  /** The appointment still begins when the reminder said; a button counts in whole seconds. */
  isReminderTrue: ({ context, event }: Args) =>
    event.type === "customer.tapped_reminder" &&
    secondOf(remindedOf(context, event)?.startsAt) === secondOf(event.startsAt),
  confirmsByReminder: ({ context, event }: Args) =>
    event.type === "customer.tapped_reminder" &&
    event.action === "confirm" &&
    remindedOf(context, event)?.status !== "confirmada",
  /** Staff gave the appointment another service: what was offered for the old one is of no use. */
  isServiceChanged: ({ context }: Args) => {
    const appointment = appointmentInHand(context);
    const { serviceId = null } = context.booking ?? {};
    return appointment !== null && serviceId !== null && appointment.serviceId !== serviceId;
  },
  isChanged: ({ event }: Args) => changeOutput(event).kind === "done",
  isTooLate: ({ event }: Args) => isRefusedWith(changeOutput(event), TOO_LATE),
  isNewTimeGone: ({ event }: Args) => isRefusedWith(changeOutput(event), SLOT_GONE),
  isGone: ({ event }: Args) => isRefusedWith(changeOutput(event), APPOINTMENT_GONE),
  wantsMember: ({ context }: Args) => context.booking?.memberId != null,
};

/** The own appointment that a tapped reminder is about; null where it is none any more, or never was theirs. */
function remindedOf(context: Context, event: MachineEvent) {
  if (event.type !== "customer.tapped_reminder") return null;
  return ownAppointments(context).find(({ id }) => id === event.appointmentId) ?? null;
}

function secondOf(instant: string | undefined): number {
  return Math.floor(Date.parse(instant ?? "") / 1000);
}

function isChangeOf(event: MachineEvent, change: Change): boolean {
  return event.type === "agent.change_appointment" && event.change === change;
}

/** The three changes answer alike. */
function changeOutput(event: MachineEvent) {
  return outputOf("reschedule_appointment", event);
}

function isRefusedWith(output: { kind: string; code?: string }, codes: ReadonlySet<string>): boolean {
  return output.kind === "refused" && codes.has(output.code ?? "");
}

/** The organization wants to know of changes earlier than that. */
const TOO_LATE = new Set(["too_late"]);
/** It is the customer's no more, or over, or cancelled. */
const APPOINTMENT_GONE = new Set(["appointment_not_found", "not_cancellable", "not_confirmable", "not_reschedulable"]);
