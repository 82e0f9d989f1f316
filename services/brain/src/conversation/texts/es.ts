import type { Slot } from "../memory.ts";
import type { Service } from "../types.ts";
import { esFormat as format } from "./es-format.ts";
import { dayButtons, type ShownAppointment, serviceList, slotChoice, whenOf } from "./layouts.ts";
import { MAX_ROWS, say, yesNo } from "./messages.ts";

/** What code says to customers, in Spanish: informal tú, short. Appointments that exist already: es-changes.ts. */

/** How a customer is greeted; the organization's own words come first. */
export interface Greeting {
  business: string;
  agent: string | null;
  customer: string | null;
  own: string | null;
}

const HELP = {
  yes_or_no: "Te lo explico: responde *sí* o *no*, o toca uno de los botones.",
  slots: "Te lo explico: responde con el número de la hora que prefieras, o dime otro día u hora.",
  service: "Te lo explico: elige un servicio de la lista o escríbeme su nombre.",
  day: "Te lo explico: escríbeme un día, por ejemplo *mañana* o *el martes en la tarde*.",
  name: "Te lo explico: escríbeme tu nombre y tu apellido.",
  appointment: "Te lo explico: responde con el número de la cita.",
};

export interface BookingSummary {
  service: Service;
  slot: Slot;
  name: string | null;
}

export const es = {
  greeting: ({ business, agent, customer, own }: Greeting) => {
    const hello = `¡Hola${customer === null ? "" : `, ${customer}`}! 👋`;
    const who = agent === null ? `Soy el asistente virtual de ${business}` : `Soy ${agent}, de ${business}`;
    return say(
      own ?? `${hello} ${who}. Puedo darte información y agendar, cambiar o cancelar tus citas. ¿En qué te ayudo?`,
    );
  },
  goodbye: () => say("¡Con mucho gusto! Aquí estoy para cuando me necesites. 😊"),
  notUnderstood: () => say("Disculpa, no te entendí bien."),
  lost: () => say("Disculpa, sigo sin entenderte."),
  howToHelp: () =>
    say("Puedo darte información de nuestros servicios y agendar, cambiar o cancelar tus citas. ¿Qué necesitas?"),
  oldButton: () => say("Esa opción ya no está vigente."),
  unreadable: (what: "audio" | "file") =>
    say(
      `Recibí tu ${what === "audio" ? "audio, pero no logré escucharlo" : "archivo, pero por aquí no puedo verlo"}. ¿Me lo cuentas por escrito? Si prefieres hablar con una persona, escribe *asesor*.`,
    ),
  alsoUnreadable: (what: "audio" | "file") =>
    say(
      what === "audio"
        ? "Recibí también tu audio, pero no logré escucharlo; si decía algo más, escríbemelo."
        : "Recibí también tu archivo, pero por aquí no puedo verlo; si prefieres que lo vea una persona, escribe *asesor*.",
    ),
  onlyThisLanguage: () => say("Por aquí te atiendo en español."),
  notArrived: () => say("Parece que mi mensaje anterior no te llegó; te lo repito."),
  nudge: () => say("¿Seguimos? Quedó pendiente tu respuesta. 🙂"),
  cannotAnswer: () => say("En este momento no puedo responderte yo."),
  sorry: () => say("Lamento la molestia."),
  /** How to answer what was asked, for whoever did not understand it. */
  explained: (pending: "yes_or_no" | "slots" | "service" | "day" | "name" | "appointment") => say(HELP[pending]),
  stopped: () => say("Listo, no agendo nada. Si cambias de idea, aquí estoy."),
  askService: (services: readonly Service[], unknown: boolean) => {
    const intro = unknown ? "Ese servicio no lo encuentro en nuestra lista. " : "";
    if (services.length === 0) return say(`${intro}¿Qué servicio te interesa?`);
    const rest = services.length > MAX_ROWS ? " Si no lo ves en la lista, escríbeme cuál." : "";
    return serviceList(
      { text: `${intro}¿Qué servicio te interesa?${rest}`, button: "Ver servicios" },
      services,
      format,
    );
  },
  confirmService: (service: Service, proposalId: string) =>
    yesNo(
      `¿Te refieres a *${service.name}* (${format.details(service)})?`,
      proposalId,
      "Sí, esa es",
      "No, ver servicios",
    ),
  notBookable: (service: Service) => say(`${service.name} no se agenda por este chat.`),
  offerAssessment: (service: Service, assessment: Service, proposalId: string) =>
    yesNo(
      `Para ${service.name} primero necesitas una valoración: *${assessment.name}* (${format.details(assessment)}). ¿Te agendo la valoración?`,
      proposalId,
      "Sí, por favor",
      "No, gracias",
    ),
  needsAssessment: (service: Service) =>
    say(`${service.name} necesita una valoración previa, y esa la coordina nuestro equipo.`),
  askDay: (service: Service, remark: string | null) => {
    if (remark === "past_day") return say("Esa fecha ya pasó. ¿Para qué otro día te la busco?");
    if (remark === "impossible_day") return say("No logré ubicar esa fecha. ¿Qué día y mes te sirve?");
    return say(`¿Para qué día quieres tu cita de ${service.name}? Si tienes una hora preferida, cuéntame.`);
  },
  askWhichDay: (dates: readonly string[]) =>
    dayButtons(`¿Te refieres al ${dates.map(format.date).join(" o al ")}?`, dates, format),
  offerSlots: (service: Service, slots: readonly Slot[]) =>
    slotChoice(
      {
        intro: (date) => `Para ${service.name}${date === null ? "" : ` el ${format.date(date)}`} tengo:`,
        ask: "¿Cuál te sirve? También puedes decirme otro día u hora.",
        button: "Ver horarios",
        more: "Otras horas",
        with: (member) => `con ${member}`,
      },
      slots,
      format,
    ),
  nothingThatDay: (from: string, to: string) =>
    say(
      from === to
        ? `Para el ${format.date(from)} no hay horarios disponibles.`
        : "Para esos días no hay horarios disponibles.",
    ),
  nothingAtThatHour: () => say("A esa hora no me queda espacio, pero mira estas opciones."),
  noSlots: (service: Service) => say(`No encontré horarios de ${service.name} en esas fechas.`),
  memberUnavailable: (name: string | null) =>
    say(`${name ?? "Esa persona"} no atiende ese servicio; te muestro con quién sí se puede.`),
  askName: () => say("¿A nombre de quién agendo la cita? Dime nombre y apellido."),
  nameNeeded: () => say("Sin un nombre no puedo agendar la cita."),
  confirmBooking: ({ service, slot, name }: BookingSummary, proposalId: string) =>
    yesNo(
      [
        "Revisemos tu cita:",
        `• *${service.name}* (${format.details(service)})`,
        `• ${whenOf(slot, format)}`,
        `• Con ${slot.memberName}`,
        ...(name === null ? [] : [`• A nombre de ${name}`]),
        "¿La agendo?",
      ].join("\n"),
      proposalId,
      "Sí, agendar",
      "Cambiar algo",
    ),
  askWhatToChange: () =>
    say("Claro. ¿Qué quieres cambiar: el servicio, el día o la hora? Si prefieres no agendar, también dime."),
  slotGone: (slot: Slot) => say(`Esa hora (${format.time(slot.startTime)}) se acaba de ocupar.`),
  booked: (appointment: ShownAppointment) => {
    const { serviceName, memberName } = appointment;
    const service = serviceName === null ? "" : `\n• *${serviceName}*`;
    const member = memberName === null ? "" : `\n• Te atiende ${memberName}`;
    return say(`¡Listo! Tu cita quedó agendada ✅${service}\n• ${whenOf(appointment, format)}${member}`);
  },
  notBooked: () => say("No pude agendar la cita."),
  askReminders: (proposalId: string) =>
    yesNo("¿Quieres que te envíe recordatorios de tus citas por WhatsApp?", proposalId, "Sí, por favor", "No, gracias"),
  remindersOn: () => say("Perfecto, te enviaré recordatorios por aquí."),
  remindersOff: () => say("De acuerdo, no te enviaré recordatorios."),
  remindersFailed: () => say("No pude guardar tu respuesta sobre los recordatorios en este momento."),
  nothingFound: () => say("No tengo esa información a la mano."),
  knowledgeFailed: () => say("En este momento no pude consultar esa información."),
  agendaFailed: () => say("En este momento no pude consultar la agenda."),
  askPerson: (proposalId: string) =>
    yesNo("¿Quieres que te comunique con una persona del equipo?", proposalId, "Sí, por favor", "No, gracias"),
  allRight: () => say("De acuerdo, seguimos por aquí."),
  raised: () => say("Claro, voy a avisarle a una persona del equipo. Dame un momento. 🙏"),
  alreadyRaised: () => say("Ya le estoy avisando al equipo. Apenas sepa algo te cuento por aquí."),
  raiseFailed: () => say("No logré avisarle al equipo en este momento. ¿Te puedo ayudar en algo más por aquí?"),
  handedOver: () => say("Listo, ya avisé a nuestro equipo. Una persona te responderá por este mismo chat."),
  stillWaiting: () =>
    say(
      "Disculpa la demora: todavía nadie de nuestro equipo ha podido responderte. Tu mensaje sigue pendiente con ellos y te escribirán por este mismo chat en cuanto puedan.",
    ),
  nobodyReached: () =>
    say(
      "Intenté avisarle a una persona del equipo, pero no logré contactar a nadie por ahora. Sigo aquí para ayudarte en lo que pueda.",
    ),
};
