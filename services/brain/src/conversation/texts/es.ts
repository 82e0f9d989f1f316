import type { OutgoingMessage } from "@skytide/events";
import type { Slot } from "../memory.ts";
import type { Service } from "../types.ts";
import { formatDate, formatPrice, formatShortDate, formatTime, shorten } from "./format.ts";
import { BUTTON_TITLE, MAX_ROWS, ROW_DESCRIPTION, ROW_TITLE, say, yesNo } from "./messages.ts";

/** What code says to customers, in Spanish: informal tú, short. Appointments that exist already: es-changes.ts. */

export const greeting = (business: string, name: string | null) =>
  say(
    `¡Hola${name === null ? "" : `, ${name}`}! 👋 Soy el asistente virtual de ${business}. Puedo darte información y agendar, cambiar o cancelar tus citas. ¿En qué te ayudo?`,
  );
export const goodbye = () => say("¡Con mucho gusto! Aquí estoy para cuando me necesites. 😊");
export const notUnderstood = () => say("Disculpa, no te entendí bien.");
export const lost = () => say("Disculpa, sigo sin entenderte.");
export const howToHelp = () =>
  say("Puedo darte información de nuestros servicios y agendar, cambiar o cancelar tus citas. ¿Qué necesitas?");
export const oldButton = () => say("Esa opción ya no está vigente.");
export const unreadable = (what: "audio" | "file") =>
  say(
    `Recibí tu ${what === "audio" ? "audio, pero no logré escucharlo" : "archivo, pero por aquí no puedo verlo"}. ¿Me lo cuentas por escrito? Si prefieres hablar con una persona, escribe *asesor*.`,
  );
export const stopped = () => say("Listo, no agendo nada. Si cambias de idea, aquí estoy.");

export const askService = (services: readonly Service[], unknown: boolean): OutgoingMessage => {
  const intro = unknown ? "Ese servicio no lo encuentro en nuestra lista. " : "";
  if (services.length === 0) return say(`${intro}¿Qué servicio te interesa?`);
  const text = `${intro}¿Qué servicio te interesa?${services.length > MAX_ROWS ? " Si no lo ves en la lista, escríbeme cuál." : ""}`;
  return {
    kind: "list",
    text,
    button: "Ver servicios",
    rows: services.slice(0, MAX_ROWS).map((service) => ({
      title: shorten(service.name, ROW_TITLE),
      payload: `service:${service.id}`,
      description: shorten(`${service.name} · ${detailsOf(service)}`, ROW_DESCRIPTION),
    })),
  };
};

function detailsOf({ durationMinutes, priceCop }: Service): string {
  return priceCop === null ? `${durationMinutes} min` : `${durationMinutes} min · ${formatPrice(priceCop)}`;
}

export const confirmService = (service: Service, proposalId: string) =>
  yesNo(`¿Te refieres a *${service.name}* (${detailsOf(service)})?`, proposalId, "Sí, esa es", "No, ver servicios");
export const notBookable = (service: Service) => say(`${service.name} no se agenda por este chat.`);
export const offerAssessment = (service: Service, assessment: Service, proposalId: string) =>
  yesNo(
    `Para ${service.name} primero necesitas una valoración: *${assessment.name}* (${detailsOf(assessment)}). ¿Te agendo la valoración?`,
    proposalId,
    "Sí, por favor",
    "No, gracias",
  );
export const needsAssessment = (service: Service) =>
  say(`${service.name} necesita una valoración previa, y esa la coordina nuestro equipo.`);

export const askDay = (service: Service, remark: string | null) => {
  if (remark === "past_day") return say("Esa fecha ya pasó. ¿Para qué otro día te la busco?");
  if (remark === "impossible_day") return say("No logré ubicar esa fecha. ¿Qué día y mes te sirve?");
  return say(`¿Para qué día quieres tu cita de ${service.name}? Si tienes una hora preferida, cuéntame.`);
};
export const askWhichDay = (dates: readonly string[]): OutgoingMessage => ({
  kind: "buttons",
  text: `¿Te refieres al ${dates.map(formatDate).join(" o al ")}?`,
  buttons: dates.slice(0, 3).map((date) => ({
    title: shorten(formatShortDate(date), BUTTON_TITLE),
    payload: `day:${date}`,
  })),
});

export const offerSlots = (service: Service, slots: readonly Slot[]): OutgoingMessage => {
  const oneDay = new Set(slots.map(({ date }) => date)).size === 1;
  const [first] = slots;
  const when = (slot: Slot) =>
    oneDay ? formatTime(slot.startTime) : `${formatShortDate(slot.date)}, ${formatTime(slot.startTime)}`;
  const lines = slots.map((slot, index) => `${index + 1}. ${when(slot)}, con ${slot.memberName}`);
  const intro = `Para ${service.name}${oneDay && first ? ` el ${formatDate(first.date)}` : ""} tengo:`;
  const text = `${intro}\n${lines.join("\n")}\n¿Cuál te sirve? También puedes decirme otro día u hora.`;
  const options = slots.map((slot) => ({
    title: shorten(
      oneDay ? formatTime(slot.startTime) : `${formatShortDate(slot.date)} ${formatTime(slot.startTime)}`,
      ROW_TITLE,
    ),
    payload: `slot:${slot.id}`,
    description: shorten(`Con ${slot.memberName}`, ROW_DESCRIPTION),
  }));
  // A date and an hour together are longer than a button.
  if (slots.length <= 3 && oneDay) {
    return { kind: "buttons", text, buttons: options.map(({ title, payload }) => ({ title, payload })) };
  }
  return {
    kind: "list",
    text,
    button: "Ver horarios",
    rows: [...options, { title: "Otras horas", payload: "times:more" }],
  };
};

export const nothingThatDay = (from: string, to: string) =>
  say(
    from === to
      ? `Para el ${formatDate(from)} no hay horarios disponibles.`
      : "Para esos días no hay horarios disponibles.",
  );
export const nothingAtThatHour = () => say("A esa hora no me queda espacio, pero mira estas opciones.");
export const noSlots = (service: Service) => say(`No encontré horarios de ${service.name} en esas fechas.`);
export const memberUnavailable = (name: string) =>
  say(`${name} no atiende ese servicio; te muestro con quién sí se puede.`);

export const askName = () => say("¿A nombre de quién agendo la cita? Dime nombre y apellido.");
export const nameNeeded = () => say("Sin un nombre no puedo agendar la cita.");

export interface BookingSummary {
  service: Service;
  slot: Slot;
  name: string | null;
}

export const confirmBooking = ({ service, slot, name }: BookingSummary, proposalId: string) =>
  yesNo(
    [
      "Revisemos tu cita:",
      `• *${service.name}* (${detailsOf(service)})`,
      `• ${formatDate(slot.date)}, ${formatTime(slot.startTime)}`,
      `• Con ${slot.memberName}`,
      ...(name === null ? [] : [`• A nombre de ${name}`]),
      "¿La agendo?",
    ].join("\n"),
    proposalId,
    "Sí, agendar",
    "Cambiar algo",
  );
export const askWhatToChange = () =>
  say("Claro. ¿Qué quieres cambiar: el servicio, el día o la hora? Si prefieres no agendar, también dime.");
export const slotGone = (slot: Slot) => say(`Esa hora (${formatTime(slot.startTime)}) se acaba de ocupar.`);

export interface BookedAppointment {
  serviceName: string | null;
  memberName: string | null;
  date: string;
  startTime: string;
}

export const booked = ({ serviceName, memberName, date, startTime }: BookedAppointment) =>
  say(
    `¡Listo! Tu cita quedó agendada ✅${serviceName === null ? "" : `\n• *${serviceName}*`}\n• ${formatDate(date)}, ${formatTime(startTime)}${memberName === null ? "" : `\n• Te atiende ${memberName}`}`,
  );
export const notBooked = () => say("No pude agendar la cita.");

export const askReminders = (proposalId: string) =>
  yesNo("¿Quieres que te envíe recordatorios de tus citas por WhatsApp?", proposalId, "Sí, por favor", "No, gracias");
export const remindersOn = () => say("Perfecto, te enviaré recordatorios por aquí.");
export const remindersOff = () => say("De acuerdo, no te enviaré recordatorios.");

export const nothingFound = () => say("No tengo esa información a la mano.");
export const knowledgeFailed = () => say("En este momento no pude consultar esa información.");
export const agendaFailed = () => say("En este momento no pude consultar la agenda.");
export const askPerson = (proposalId: string) =>
  yesNo("¿Quieres que te comunique con una persona del equipo?", proposalId, "Sí, por favor", "No, gracias");
export const allRight = () => say("De acuerdo, seguimos por aquí.");
export const raised = () => say("Claro, voy a avisarle a una persona del equipo. Dame un momento. 🙏");
export const alreadyRaised = () => say("Ya le estoy avisando al equipo. Apenas sepa algo te cuento por aquí.");
export const raiseFailed = () =>
  say("No logré avisarle al equipo en este momento. ¿Te puedo ayudar en algo más por aquí?");
export const handedOver = () => say("Listo, ya avisé a nuestro equipo. Una persona te responderá por este mismo chat.");
export const nobodyReached = () =>
  say(
    "Intenté avisarle a una persona del equipo, pero no logré contactar a nadie por ahora. Sigo aquí para ayudarte en lo que pueda.",
  );
