import type { DayParts } from "./decisions.ts";

/** A day on the calendar, `YYYY-MM-DD`; strings of this form compare as dates do. */
export type CalendarDate = string;

/** What the customer's words for a day come to. */
export type DayReading =
  | { kind: "days"; from: CalendarDate; to: CalendarDate }
  /** Two readings survive: only the customer can say which. */
  | { kind: "ambiguous"; dates: CalendarDate[] }
  | { kind: "past" }
  | { kind: "impossible" };

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const DAY_MS = 86_400_000;
/** "Lo antes posible" looks this far; further on the customer would rather name a day. */
const SOONEST_DAYS = 14;
/** A date without a year that passed this recently was meant as it is, not for next year. */
const RECENTLY_PAST_DAYS = 60;

/** The wall clock of an instant in a time zone: calendar date and minutes since midnight. */
export function localClock(instant: Date, timezone: string): { date: CalendarDate; minutes: number } {
  const parts = Object.fromEntries(
    formatterOf(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const date = `${parts.year}-${parts.month}-${parts.day}`;
  return { date, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formatters.set(timezone, made);
  return made;
}

/** The date that many days later. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export function weekdayOf(date: CalendarDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The date of these numbers, or null where the calendar has none. */
function dateOf(year: number, month: number, day: number): CalendarDate | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : null;
}

function one(date: CalendarDate): DayReading {
  return { kind: "days", from: date, to: date };
}

/** Turns the parts of a day as the customer said it into dates, never into the past; `today` is the organization's. */
export function readDay(parts: DayParts, today: CalendarDate): DayReading {
  switch (parts.kind) {
    case "today":
      return one(today);
    case "tomorrow":
      return one(addDays(today, 1));
    case "day_after":
      return one(addDays(today, 2));
    case "in_days":
      return parts.number === null ? { kind: "impossible" } : one(addDays(today, idiomaticDays(parts.number)));
    case "in_weeks":
      return parts.number === null ? { kind: "impossible" } : one(addDays(today, parts.number * 7));
    case "weekday":
      return readWeekday(parts, today);
    case "day_of_month":
      return readDayOfMonth(parts, today);
    case "date":
      return readDate(parts, today);
    case "week":
      return readWeek(parts, today);
    case "weekend":
      return readWeekend(parts, today);
    case "soonest":
      return { kind: "days", from: today, to: addDays(today, SOONEST_DAYS - 1) };
  }
}

/** "En ocho días" means a week and "en quince días" two: the day counted from is included (reference/brain.md §9). */
function idiomaticDays(days: number): number {
  if (days === 8) return 7;
  if (days === 15) return 14;
  return days;
}

function readWeekday(parts: DayParts, today: CalendarDate): DayReading {
  if (parts.weekday === null) return { kind: "impossible" };
  const wanted = WEEKDAYS.indexOf(parts.weekday) + 1;
  if (parts.which === "other_week") return one(addDays(nextMonday(today), wanted - 1));
  const ahead = (wanted - weekdayOf(today) + 7) % 7;
  const nearest = addDays(today, ahead);
  const weekLater = addDays(nearest, 7);
  if (parts.which === "next") {
    if (ahead === 0) return one(weekLater);
    // Said the day before, "el próximo martes" is as often the one after.
    return ahead === 1 ? { kind: "ambiguous", dates: [nearest, weekLater] } : one(nearest);
  }
  if (ahead === 0) return parts.which === "this" ? one(today) : { kind: "ambiguous", dates: [today, weekLater] };
  return one(nearest);
}

function nextMonday(today: CalendarDate): CalendarDate {
  return addDays(today, 8 - weekdayOf(today));
}

function readDayOfMonth(parts: DayParts, today: CalendarDate): DayReading {
  if (parts.day === null) return { kind: "impossible" };
  const [year, month] = numbersOf(today);
  for (let ahead = 0; ahead < 12; ahead += 1) {
    const date = dateOf(year + Math.floor((month - 1 + ahead) / 12), ((month - 1 + ahead) % 12) + 1, parts.day);
    if (date !== null && date >= today) return checkedWeekday(date, parts, today);
  }
  return { kind: "impossible" };
}

function readDate(parts: DayParts, today: CalendarDate): DayReading {
  if (parts.day === null || parts.month === null) return { kind: "impossible" };
  const [thisYear] = numbersOf(today);
  const date = dateOf(parts.year ?? thisYear, parts.month, parts.day);
  if (parts.year !== null && date === null) return { kind: "impossible" };
  if (date !== null && date >= today) return checkedWeekday(date, parts, today);
  if (parts.year !== null || (date !== null && daysBetween(date, today) <= RECENTLY_PAST_DAYS)) return { kind: "past" };
  const nextYear = dateOf(thisYear + 1, parts.month, parts.day);
  return nextYear === null ? { kind: "impossible" } : checkedWeekday(nextYear, parts, today);
}

function numbersOf(date: CalendarDate): [year: number, month: number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
}

/** "El lunes 30" where the 30th is no Monday: the number or the name is wrong, and only the customer knows which. */
function checkedWeekday(date: CalendarDate, parts: DayParts, today: CalendarDate): DayReading {
  if (parts.weekday === null) return one(date);
  const wanted = WEEKDAYS.indexOf(parts.weekday) + 1;
  if (weekdayOf(date) === wanted) return one(date);
  const nearest = addDays(today, (wanted - weekdayOf(today) + 7) % 7);
  return { kind: "ambiguous", dates: [nearest, date].sort() };
}

function readWeek(parts: DayParts, today: CalendarDate): DayReading {
  if (parts.which === "this") return { kind: "days", from: today, to: addDays(nextMonday(today), -1) };
  const monday = nextMonday(today);
  return { kind: "days", from: monday, to: addDays(monday, 6) };
}

function readWeekend(parts: DayParts, today: CalendarDate): DayReading {
  const sunday = addDays(nextMonday(today), -1);
  const later = parts.which === "other_week" ? 7 : 0;
  const saturday = addDays(sunday, later - 1);
  return { kind: "days", from: saturday < today ? today : saturday, to: addDays(sunday, later) };
}
