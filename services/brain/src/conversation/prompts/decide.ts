import { localClock } from "../dates.ts";
import { LANGUAGE_NAMES } from "../languages.ts";
import type { Context } from "../memory.ts";
import { serviceOf } from "../services.ts";
import { esFormat as format } from "../texts/es-format.ts";
import { languageFor } from "../texts/index.ts";
import { whenOf } from "../texts/layouts.ts";

const MAX_CUSTOMER_TEXT = 4_096;

/** State and facts of this moment, and the customer's words, delimited; `refused` tells a second attempt why the first was not taken. */
export function decideContext(context: Context, asked: string, refused?: string): string {
  const { facts, heard } = context;
  const lines = [
    `Business: ${clean(facts?.organization.name ?? "")}`,
    `Now: ${nowIn(context)}`,
    `Answer in: ${LANGUAGE_NAMES[languageFor(context)]}`,
    `Asked last: ${asked}`,
    ...changeLines(context),
    ...bookingLines(context),
    "Services:",
    ...(facts?.services ?? []).map(
      ({ id, name, durationMinutes, priceCop }) =>
        `${id}: ${clean(name)} (${durationMinutes} min${priceCop === null ? "" : `, ${format.price(priceCop)}`})`,
    ),
    "People who attend:",
    ...(facts?.members ?? []).map(({ id, name }) => `${id}: ${clean(name)}`),
  ];
  const message = clean((heard?.text ?? "").slice(0, MAX_CUSTOMER_TEXT));
  const repair = refused === undefined ? "" : `\nYour first choice was refused: ${refused} Choose again.`;
  return `<context>\n${lines.join("\n")}\n</context>\n<customer_message>${message}</customer_message>${repair}`;
}

function nowIn({ facts }: Context): string {
  if (facts === null) return "unknown";
  const { date, minutes } = localClock(new Date(facts.now), facts.organization.timezone);
  const time = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return `${format.date(date)} de ${date.slice(0, 4)}, ${format.time(time)}`;
}

const CHANGES = { cancel: "Cancelling", confirm: "Confirming", move: "Moving" } as const;

function changeLines(context: Context): string[] {
  const { change, facts } = context;
  const own = (facts?.appointments ?? []).map(
    ({ id, serviceName, date, startTime }) =>
      `${id}: ${clean(serviceName ?? "cita")}, ${whenOf({ date, startTime }, format)}`,
  );
  return [
    ...(own.length === 0 ? ["The customer has no appointments."] : ["The customer's appointments:", ...own]),
    ...(change === null
      ? []
      : [`${CHANGES[change.kind]} an appointment: ${change.appointmentId ?? "not known which"}`]),
  ];
}

function bookingLines(context: Context): string[] {
  const { booking } = context;
  if (booking === null) return ["No booking is open."];
  const service = serviceOf(context, booking.serviceId);
  const day = booking.day && [...new Set([booking.day.from, booking.day.to])].map(format.date).join(" to ");
  return [
    `Open booking: service ${service === null ? "unknown" : clean(service.name)}; day ${day ?? "unknown"}`,
    ...(booking.slots.length === 0 ? [] : ["Offered times:"]),
    ...booking.slots.map(
      ({ id, date, startTime, memberName }) =>
        `${id}: ${whenOf({ date, startTime }, format)}, con ${clean(memberName)}`,
    ),
    ...(booking.slot === null ? [] : [`Chosen time: ${whenOf(booking.slot, format)}`]),
  ];
}

/** Text of others can't close the tag it stands in. */
function clean(text: string): string {
  return text.replaceAll("<", "‹").replaceAll(">", "›");
}
