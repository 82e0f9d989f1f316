import type { OutgoingMessage } from "@skytide/events";
import type { Slot } from "../memory.ts";
import type { Change } from "../types.ts";
import { formatDate, formatShortDate, formatTime, shorten } from "./format.ts";
import { MAX_ROWS, ROW_DESCRIPTION, ROW_TITLE, say, yesNo } from "./messages.ts";

/** What code says about appointments that exist already, in Spanish. */

export interface ShownAppointment {
  serviceName: string | null;
  memberName: string | null;
  date: string;
  startTime: string;
}

const when = ({ date, startTime }: ShownAppointment) => `${formatDate(date)}, ${formatTime(startTime)}`;

function linesOf(appointment: ShownAppointment): string {
  const { serviceName, memberName } = appointment;
  return [
    ...(serviceName === null ? [] : [`• *${serviceName}*`]),
    `• ${when(appointment)}`,
    ...(memberName === null ? [] : [`• Con ${memberName}`]),
  ].join("\n");
}

const VERBS: Record<Change, string> = { cancel: "cancelar", confirm: "confirmar", move: "cambiar" };

export const askAppointment = (
  appointments: readonly (ShownAppointment & { id: string })[],
  change: Change,
  unknown: boolean,
): OutgoingMessage => {
  const shown = appointments.slice(0, MAX_ROWS);
  const lines = shown.map(
    (one, index) => `${index + 1}. ${one.serviceName === null ? "" : `${one.serviceName}, `}${when(one)}`,
  );
  const intro = unknown ? "No encuentro una cita así; estas son las que tienes:" : "Tienes estas citas:";
  return {
    kind: "list",
    text: `${intro}\n${lines.join("\n")}\n¿Cuál quieres ${VERBS[change]}?`,
    button: "Ver citas",
    rows: shown.map((one) => ({
      title: shorten(`${formatShortDate(one.date)} ${formatTime(one.startTime)}`, ROW_TITLE),
      payload: `appointment:${one.id}`,
      description: shorten([one.serviceName, one.memberName].filter(Boolean).join(" · ") || "Cita", ROW_DESCRIPTION),
    })),
  };
};
export const noAppointments = () =>
  say(
    "No encuentro citas próximas a tu nombre. Si quieres te agendo una; si prefieres hablar con una persona del equipo, escribe *asesor*.",
  );
export const appointmentGone = () => say("Esa cita ya no aparece activa en la agenda.");
export const kept = () => say("De acuerdo, tu cita sigue como estaba.");
export const changedMeanwhile = () => say("Esa cita cambió mientras hablábamos; así está ahora.");

export const confirmCancellation = (appointment: ShownAppointment, proposalId: string) =>
  yesNo(`Esta es tu cita:\n${linesOf(appointment)}\n¿La cancelo?`, proposalId, "Sí, cancelar", "No, dejarla");
export const cancelled = (appointment: ShownAppointment) =>
  say(`Listo, tu cita quedó cancelada.\n${linesOf(appointment)}\nSi quieres agendar otra, dime.`);
export const notCancelled = () => say("No pude cancelar la cita.");

export const confirmAttendance = (appointment: ShownAppointment, proposalId: string) =>
  yesNo(
    `Esta es tu cita:\n${linesOf(appointment)}\n¿Confirmas que asistes?`,
    proposalId,
    "Sí, confirmar",
    "No, gracias",
  );
export const attendanceConfirmed = (appointment: ShownAppointment) =>
  say(`¡Listo! Tu cita quedó confirmada ✅\n${linesOf(appointment)}`);
export const alreadyConfirmed = (appointment: ShownAppointment) =>
  say(`Tu cita ya está confirmada ✅\n${linesOf(appointment)}`);
export const notConfirmed = () => say("No pude confirmar la cita.");
export const notAttending = () =>
  say("De acuerdo, no la confirmo. Si quieres cambiarla de día o cancelarla, también puedo.");

export const askNewDay = (appointment: ShownAppointment, remark: string | null) => {
  if (remark === "past_day") return say("Esa fecha ya pasó. ¿Para qué otro día la muevo?");
  if (remark === "impossible_day") return say("No logré ubicar esa fecha. ¿Qué día y mes te sirve?");
  return say(
    `Esta es tu cita:\n${linesOf(appointment)}\n¿Para qué día la cambiamos? Si tienes una hora preferida, cuéntame.`,
  );
};
export const confirmMove = (appointment: ShownAppointment, slot: Slot, proposalId: string) =>
  yesNo(
    [
      "Revisemos el cambio:",
      ...(appointment.serviceName === null ? [] : [`• *${appointment.serviceName}*`]),
      `• Antes: ${when(appointment)}`,
      `• Ahora: ${formatDate(slot.date)}, ${formatTime(slot.startTime)}`,
      `• Con ${slot.memberName}`,
      "¿Hago el cambio?",
    ].join("\n"),
    proposalId,
    "Sí, cambiarla",
    "No, otro horario",
  );
export const moved = (appointment: ShownAppointment) =>
  say(`¡Listo! Tu cita quedó cambiada ✅\n${linesOf(appointment)}`);
export const notMoved = () => say("No pude cambiar la cita; sigue como estaba.");
export const otherMember = () => say("Con la misma persona no hay horarios; mira con quién sí.");

export const tooLate = (change: Change) =>
  say(
    `Tu cita está muy próxima y ya no la puedo ${VERBS[change]} por este chat, pero una persona del equipo te ayuda.`,
  );
export const byPerson = (change: Change) =>
  say(`Esa cita no la puedo ${VERBS[change]} por este chat, pero una persona del equipo sí.`);
