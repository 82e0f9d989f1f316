import type { Slot } from "../memory.ts";
import type { Change } from "../types.ts";
import { enFormat as format } from "./en-format.ts";
import type { esChanges } from "./es-changes.ts";
import { appointmentList, type ShownAppointment, whenOf } from "./layouts.ts";
import { say, yesNo } from "./messages.ts";

/** What code says about appointments that exist already, in English. */

function linesOf(appointment: ShownAppointment): string {
  const { serviceName, memberName } = appointment;
  const service = serviceName === null ? "" : `• *${serviceName}*\n`;
  return `${service}• ${whenOf(appointment, format)}${memberName === null ? "" : `\n• With ${memberName}`}`;
}

const VERBS: Record<Change, string> = { cancel: "cancel", confirm: "confirm", move: "move" };

export const enChanges: typeof esChanges = {
  askAppointment: (appointments: readonly (ShownAppointment & { id: string })[], change: Change, unknown: boolean) =>
    appointmentList(
      {
        intro: unknown ? "I can't find such an appointment; these are yours:" : "You have these appointments:",
        ask: `Which one would you like to ${VERBS[change]}?`,
        button: "See appointments",
        unnamed: "Appointment",
      },
      appointments,
      format,
    ),
  noAppointments: () =>
    say(
      "I can't find any upcoming appointment of yours. I can book one for you; if you'd rather talk to a person, write *person*.",
    ),
  appointmentGone: () => say("That appointment is no longer active in the calendar."),
  kept: () => say("All right, your appointment stays as it is."),
  reminderOver: () => say("That appointment is over. If you would like another one, just tell me."),
  reminderOutdated: () => say("That appointment changed after that reminder; this is how it stands now."),
  changedMeanwhile: () => say("That appointment changed while we were talking; this is how it is now."),
  confirmCancellation: (appointment: ShownAppointment, proposalId: string) =>
    yesNo(
      `This is your appointment:\n${linesOf(appointment)}\nShall I cancel it?`,
      proposalId,
      "Yes, cancel it",
      "No, keep it",
    ),
  cancelled: (appointment: ShownAppointment) =>
    say(`Done, your appointment is cancelled.\n${linesOf(appointment)}\nIf you'd like to book another one, tell me.`),
  notCancelled: () => say("I couldn't cancel the appointment."),
  confirmAttendance: (appointment: ShownAppointment, proposalId: string) =>
    yesNo(
      `This is your appointment:\n${linesOf(appointment)}\nDo you confirm that you are coming?`,
      proposalId,
      "Yes, confirm",
      "No, thanks",
    ),
  attendanceConfirmed: (appointment: ShownAppointment) =>
    say(`Done! Your appointment is confirmed ✅\n${linesOf(appointment)}`),
  alreadyConfirmed: (appointment: ShownAppointment) =>
    say(`Your appointment is already confirmed ✅\n${linesOf(appointment)}`),
  notConfirmed: () => say("I couldn't confirm the appointment."),
  notAttending: () => say("All right, I won't confirm it. If you'd like to move or cancel it, I can do that too."),
  askNewDay: (appointment: ShownAppointment, remark: string | null) => {
    if (remark === "past_day") return say("That date has passed. Which other day shall I move it to?");
    if (remark === "impossible_day") return say("I couldn't place that date. Which day and month suits you?");
    return say(
      `This is your appointment:\n${linesOf(appointment)}\nWhich day shall we move it to? If you have a preferred time, tell me.`,
    );
  },
  confirmMove: (appointment: ShownAppointment, slot: Slot, proposalId: string) =>
    yesNo(
      [
        "Let's check the change:",
        ...(appointment.serviceName === null ? [] : [`• *${appointment.serviceName}*`]),
        `• Before: ${whenOf(appointment, format)}`,
        `• Now: ${whenOf(slot, format)}`,
        `• With ${slot.memberName}`,
        "Shall I change it?",
      ].join("\n"),
      proposalId,
      "Yes, change it",
      "No, another time",
    ),
  moved: (appointment: ShownAppointment) => say(`Done! Your appointment is moved ✅\n${linesOf(appointment)}`),
  notMoved: () => say("I couldn't move the appointment; it stays as it was."),
  otherMember: () => say("The same person has no free times; here is who has."),
  tooLate: (change: Change) =>
    say(
      `Your appointment is very soon and I can't ${VERBS[change]} it in this chat any more, but somebody of the team will help you.`,
    ),
  byPerson: (change: Change) =>
    say(`I can't ${VERBS[change]} that appointment in this chat, but somebody of the team can.`),
};
