import type { Slot } from "../memory.ts";
import type { Change } from "../types.ts";
import { esFormat as format } from "./es-format.ts";
import { appointmentList, type ShownAppointment, whenOf } from "./layouts.ts";
import { say, yesNo } from "./messages.ts";

/** What code says about appointments that exist already, in Spanish. */

function linesOf(appointment: ShownAppointment): string {
  const { serviceName, memberName } = appointment;
  return [
    ...(serviceName === null ? [] : [`• *${serviceName}*`]),
    `• ${whenOf(appointment, format)}`,
    ...(memberName === null ? [] : [`• Con ${memberName}`]),
  ].join("\n");
}

const VERBS: Record<Change, string> = { cancel: "cancelar", confirm: "confirmar", move: "cambiar" };

export const esChanges = {
  askAppointment: (appointments: readonly (ShownAppointment & { id: string })[], change: Change, unknown: boolean) =>
    appointmentList(
      {
        intro: unknown ? "No encuentro una cita así; estas son las que tienes:" : "Tienes estas citas:",
        ask: `¿Cuál quieres ${VERBS[change]}?`,
        button: "Ver citas",
        unnamed: "Cita",
      },
      appointments,
      format,
    ),
  noAppointments: () =>
    say(
      "No encuentro citas próximas a tu nombre. Si quieres te agendo una; si prefieres hablar con una persona del equipo, escribe *asesor*.",
    ),
  appointmentGone: () => say("Esa cita ya no aparece activa en la agenda."),
  kept: () => say("De acuerdo, tu cita sigue como estaba."),
  reminderOver: () => say("Esa cita ya pasó. Si quieres agendar otra, dime."),
  reminderOutdated: () => say("Esa cita cambió después de ese recordatorio; así está ahora."),
  changedMeanwhile: () => say("Esa cita cambió mientras hablábamos; así está ahora."),
  confirmCancellation: (appointment: ShownAppointment, proposalId: string) =>
    yesNo(`Esta es tu cita:\n${linesOf(appointment)}\n¿La cancelo?`, proposalId, "Sí, cancelar", "No, dejarla"),
  cancelled: (appointment: ShownAppointment) =>
    say(`Listo, tu cita quedó cancelada.\n${linesOf(appointment)}\nSi quieres agendar otra, dime.`),
  notCancelled: () => say("No pude cancelar la cita."),
  confirmAttendance: (appointment: ShownAppointment, proposalId: string) =>
    yesNo(
      `Esta es tu cita:\n${linesOf(appointment)}\n¿Confirmas que asistes?`,
      proposalId,
      "Sí, confirmar",
      "No, gracias",
    ),
  attendanceConfirmed: (appointment: ShownAppointment) =>
    say(`¡Listo! Tu cita quedó confirmada ✅\n${linesOf(appointment)}`),
  alreadyConfirmed: (appointment: ShownAppointment) => say(`Tu cita ya está confirmada ✅\n${linesOf(appointment)}`),
  notConfirmed: () => say("No pude confirmar la cita."),
  notAttending: () => say("De acuerdo, no la confirmo. Si quieres cambiarla de día o cancelarla, también puedo."),
  askNewDay: (appointment: ShownAppointment, remark: string | null) => {
    if (remark === "past_day") return say("Esa fecha ya pasó. ¿Para qué otro día la muevo?");
    if (remark === "impossible_day") return say("No logré ubicar esa fecha. ¿Qué día y mes te sirve?");
    return say(
      `Esta es tu cita:\n${linesOf(appointment)}\n¿Para qué día la cambiamos? Si tienes una hora preferida, cuéntame.`,
    );
  },
  confirmMove: (appointment: ShownAppointment, slot: Slot, proposalId: string) =>
    yesNo(
      [
        "Revisemos el cambio:",
        ...(appointment.serviceName === null ? [] : [`• *${appointment.serviceName}*`]),
        `• Antes: ${whenOf(appointment, format)}`,
        `• Ahora: ${whenOf(slot, format)}`,
        `• Con ${slot.memberName}`,
        "¿Hago el cambio?",
      ].join("\n"),
      proposalId,
      "Sí, cambiarla",
      "No, otro horario",
    ),
  moved: (appointment: ShownAppointment) => say(`¡Listo! Tu cita quedó cambiada ✅\n${linesOf(appointment)}`),
  notMoved: () => say("No pude cambiar la cita; sigue como estaba."),
  otherMember: () => say("Con la misma persona no hay horarios; mira con quién sí."),
  tooLate: (change: Change) =>
    say(
      `Tu cita está muy próxima y ya no la puedo ${VERBS[change]} por este chat, pero una persona del equipo te ayuda.`,
    ),
  byPerson: (change: Change) =>
    say(`Esa cita no la puedo ${VERBS[change]} por este chat, pero una persona del equipo sí.`),
};
