import { type CalendarDate, weekdayOf } from "../dates.ts";

const WEEKDAYS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
export const MONTHS = [
  "enero",
  "febrero",
  "marzo",
  "abril",
  "mayo",
  "junio",
  "julio",
  "agosto",
  "septiembre",
  "octubre",
  "noviembre",
  "diciembre",
];

function partsOf(date: CalendarDate) {
  return {
    weekday: WEEKDAYS[weekdayOf(date) - 1] ?? "",
    day: Number(date.slice(8, 10)),
    month: MONTHS[Number(date.slice(5, 7)) - 1] ?? "",
  };
}

/** "martes 24 de noviembre". */
export function formatDate(date: CalendarDate): string {
  const { weekday, day, month } = partsOf(date);
  return `${weekday} ${day} de ${month}`;
}

/** "mar 24 nov": fits a list row beside an hour. */
export function formatShortDate(date: CalendarDate): string {
  const { weekday, day, month } = partsOf(date);
  return `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)}`;
}

/** "3:00 p. m." from "15:00" or "15:00:00". */
export function formatTime(time: string): string {
  const hour = Number(time.slice(0, 2));
  return `${hour % 12 || 12}:${time.slice(3, 5)} ${hour < 12 ? "a. m." : "p. m."}`;
}

/** "$120.000". */
export function formatPrice(pesos: number): string {
  return `$${String(Math.round(pesos)).replace(/\B(?=(\d{3})+$)/g, ".")}`;
}

/** Cut to what WhatsApp shows, at a word where possible. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  const space = cut.lastIndexOf(" ");
  return `${(space > length / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
