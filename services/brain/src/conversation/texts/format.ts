import { type CalendarDate, weekdayOf } from "../dates.ts";
import type { Service } from "../types.ts";

/** How dates, hours and prices are written in a language. */
export interface Format {
  /** "martes 24 de noviembre". */
  date(date: CalendarDate): string;
  /** "mar 24 nov": fits a list row beside an hour. */
  shortDate(date: CalendarDate): string;
  /** "3:00 p. m." from "15:00" or "15:00:00". */
  time(time: string): string;
  /** "$120.000". */
  price(pesos: number): string;
  /** "60 min · $120.000". */
  details(service: Pick<Service, "durationMinutes" | "priceCop">): string;
}

interface Conventions {
  weekdays: readonly string[];
  months: readonly string[];
  /** Between the day and its month. */
  joint: string;
  halves: readonly [am: string, pm: string];
  thousands: string;
}

/** The way of writing that follows from a language's conventions. */
export function createFormat({ weekdays, months, joint, halves, thousands }: Conventions): Format {
  const partsOf = (date: CalendarDate) => ({
    weekday: weekdays[weekdayOf(date) - 1] ?? "",
    day: Number(date.slice(8, 10)),
    month: months[Number(date.slice(5, 7)) - 1] ?? "",
  });
  const price = (pesos: number) => `$${String(Math.round(pesos)).replace(/\B(?=(\d{3})+$)/g, thousands)}`;
  return {
    price,
    date(date) {
      const { weekday, day, month } = partsOf(date);
      return `${weekday} ${day}${joint}${month}`;
    },
    shortDate(date) {
      const { weekday, day, month } = partsOf(date);
      return `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)}`;
    },
    time(time) {
      const hour = Number(time.slice(0, 2));
      return `${hour % 12 || 12}:${time.slice(3, 5)} ${halves[hour < 12 ? 0 : 1]}`;
    },
    details: ({ durationMinutes, priceCop }) =>
      priceCop === null ? `${durationMinutes} min` : `${durationMinutes} min · ${price(priceCop)}`,
  };
}

/** Cut to what WhatsApp shows, at a word where possible. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  const space = cut.lastIndexOf(" ");
  return `${(space > length / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
