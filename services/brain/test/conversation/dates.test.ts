import { describe, expect, test } from "vitest";
import { localClock, readDay, weekdayOf } from "../../src/conversation/dates.ts";
import type { DayParts } from "../../src/conversation/decisions.ts";

function parts(kind: DayParts["kind"], given: Partial<DayParts> = {}): DayParts {
  return { kind, weekday: null, which: null, day: null, month: null, year: null, number: null, ...given };
}

/** Each phrase with the parts a model gives for it; the same with and without accents. */
const PHRASES = {
  hoy: parts("today"),
  mañana: parts("tomorrow"),
  "pasado mañana": parts("day_after"),
  "el martes": parts("weekday", { weekday: "tuesday" }),
  "este viernes": parts("weekday", { weekday: "friday", which: "this" }),
  "el próximo martes": parts("weekday", { weekday: "tuesday", which: "next" }),
  "el martes que viene": parts("weekday", { weekday: "tuesday", which: "next" }),
  "el martes de la otra semana": parts("weekday", { weekday: "tuesday", which: "other_week" }),
  "el lunes 30": parts("day_of_month", { weekday: "monday", day: 30 }),
  "el 5": parts("day_of_month", { day: 5 }),
  "el 31": parts("day_of_month", { day: 31 }),
  "24/11": parts("date", { day: 24, month: 11 }),
  "3 de diciembre": parts("date", { day: 3, month: 12 }),
  "29 de febrero": parts("date", { day: 29, month: 2 }),
  "10/10": parts("date", { day: 10, month: 10 }),
  "15/09/2027": parts("date", { day: 15, month: 9, year: 2027 }),
  "en ocho días": parts("in_days", { number: 8 }),
  "en quince días": parts("in_days", { number: 15 }),
  "en tres días": parts("in_days", { number: 3 }),
  "en dos semanas": parts("in_weeks", { number: 2 }),
  "esta semana": parts("week", { which: "this" }),
  "la otra semana": parts("week", { which: "next" }),
  "el fin de semana": parts("weekend"),
} as const;

type Phrase = keyof typeof PHRASES;

const NOWS: Record<string, { now: string; zone: string; today: string; expected: Partial<Record<Phrase, string>> }> = {
  "a Sunday": {
    now: "2026-11-22T19:05:00Z",
    zone: "America/Bogota",
    today: "2026-11-22",
    expected: {
      hoy: "2026-11-22",
      mañana: "2026-11-23",
      "pasado mañana": "2026-11-24",
      "el martes": "2026-11-24",
      "este viernes": "2026-11-27",
      "el próximo martes": "2026-11-24",
      "el martes que viene": "2026-11-24",
      "el martes de la otra semana": "2026-11-24",
      "el lunes 30": "2026-11-30",
      "el 5": "2026-12-05",
      "el 31": "2026-12-31",
      "24/11": "2026-11-24",
      "3 de diciembre": "2026-12-03",
      "29 de febrero": "impossible",
      "15/09/2027": "2027-09-15",
      "en ocho días": "2026-11-29",
      "en quince días": "2026-12-06",
      "en tres días": "2026-11-25",
      "en dos semanas": "2026-12-06",
      "esta semana": "2026-11-22",
      "la otra semana": "2026-11-23..2026-11-29",
      "el fin de semana": "2026-11-22",
    },
  },
  "the end of a month, a Monday": {
    now: "2026-11-30T13:00:00Z",
    zone: "America/Bogota",
    today: "2026-11-30",
    expected: {
      mañana: "2026-12-01",
      "el martes": "2026-12-01",
      "el próximo martes": "2026-12-01 or 2026-12-08",
      "el martes de la otra semana": "2026-12-08",
      "el lunes 30": "2026-11-30",
      "el 5": "2026-12-05",
      "el 31": "2026-12-31",
      "24/11": "past",
      "3 de diciembre": "2026-12-03",
      "en quince días": "2026-12-14",
      "esta semana": "2026-11-30..2026-12-06",
      "el fin de semana": "2026-12-05..2026-12-06",
    },
  },
  "just before midnight, a Tuesday already in UTC": {
    now: "2026-12-29T04:58:00Z",
    zone: "America/Bogota",
    today: "2026-12-28",
    expected: {
      hoy: "2026-12-28",
      mañana: "2026-12-29",
      "el martes": "2026-12-29",
      "el 5": "2027-01-05",
      "el 31": "2026-12-31",
      "24/11": "past",
      "3 de diciembre": "past",
      "10/10": "2027-10-10",
      "el lunes 30": "2026-12-28 or 2026-12-30",
      "en ocho días": "2027-01-04",
      "la otra semana": "2027-01-04..2027-01-10",
    },
  },
  "a Tuesday": {
    now: "2026-11-24T15:00:00Z",
    zone: "America/Bogota",
    today: "2026-11-24",
    expected: {
      "el martes": "2026-11-24 or 2026-12-01",
      "el próximo martes": "2026-12-01",
      "24/11": "2026-11-24",
      "el martes de la otra semana": "2026-12-01",
    },
  },
  "the day before a leap day": {
    now: "2028-02-28T15:00:00Z",
    zone: "America/Bogota",
    today: "2028-02-28",
    expected: {
      mañana: "2028-02-29",
      "pasado mañana": "2028-03-01",
      "29 de febrero": "2028-02-29",
      "el 31": "2028-03-31",
      "15/09/2027": "past",
      "en ocho días": "2028-03-06",
    },
  },
  "the hour a clock change repeats": {
    now: "2026-11-01T06:30:00Z",
    zone: "America/New_York",
    today: "2026-11-01",
    expected: { hoy: "2026-11-01", mañana: "2026-11-02", "el martes": "2026-11-03", "en quince días": "2026-11-15" },
  },
  "the night a clock change skips an hour": {
    now: "2027-03-27T23:30:00Z",
    zone: "Europe/Madrid",
    today: "2027-03-28",
    expected: { hoy: "2027-03-28", mañana: "2027-03-29", "en ocho días": "2027-04-04", "esta semana": "2027-03-28" },
  },
};

function shown(reading: ReturnType<typeof readDay>): string {
  if (reading.kind === "days") return reading.from === reading.to ? reading.from : `${reading.from}..${reading.to}`;
  return reading.kind === "ambiguous" ? reading.dates.join(" or ") : reading.kind;
}

describe.each(Object.entries(NOWS))("on %s", (_name, { now, zone, today, expected }) => {
  test("the organization's date is its own", () => {
    expect(localClock(new Date(now), zone).date).toBe(today);
  });
  test.each(Object.entries(expected) as [Phrase, string][])("%s is %s", (phrase, date) => {
    expect(shown(readDay(PHRASES[phrase], today))).toBe(date);
  });
});

test("no phrase of any day of four years reads into the past", () => {
  const wrong: string[] = [];
  for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2030, 0, 1); day += 86_400_000) {
    const today = new Date(day).toISOString().slice(0, 10);
    for (const [phrase, said] of Object.entries(PHRASES)) {
      const reading = readDay(said, today);
      const dates =
        reading.kind === "days" ? [reading.from, reading.to] : reading.kind === "ambiguous" ? reading.dates : [];
      if (dates.some((date) => date < today) || [...dates].sort().join() !== dates.join())
        wrong.push(`${phrase} on ${today}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("weekdays count from Monday", () => {
  expect(["2026-11-23", "2026-11-29"].map(weekdayOf)).toEqual([1, 7]);
});
