import { createLanguageModel } from "@skytide/models";
import { test as base } from "@skytide/testing";
import { describe, expect } from "vitest";
import { localClock, readDay } from "../../src/conversation/dates.ts";
import { chart, createDecider } from "../../src/conversation/index.ts";
import { readTime } from "../../src/conversation/times.ts";
import { facts, services } from "./aurora.ts";

/** The phrases of a customer, each with what it means at several moments; `any` where the words name no day. */
const NOWS = {
  "a Sunday": { now: "2026-11-22T19:05:00Z", zone: "America/Bogota" },
  "the end of a month": { now: "2026-11-30T13:00:00Z", zone: "America/Bogota" },
  "just before midnight": { now: "2026-12-29T04:58:00Z", zone: "America/Bogota" },
  "a leap day": { now: "2028-02-29T15:00:00Z", zone: "America/Bogota" },
  "the night of a clock change": { now: "2026-11-01T05:30:00Z", zone: "America/New_York" },
} as const;

type Days = readonly [sunday: string, monthEnd: string, midnight: string, leap: string, change: string];

const DAYS: Record<string, Days> = {
  hoy: ["2026-11-22", "2026-11-30", "2026-12-28", "2028-02-29", "2026-11-01"],
  mañana: ["2026-11-23", "2026-12-01", "2026-12-29", "2028-03-01", "2026-11-02"],
  "pasado mañana": ["2026-11-24", "2026-12-02", "2026-12-30", "2028-03-02", "2026-11-03"],
  "mañana en la mañana": ["2026-11-23", "2026-12-01", "2026-12-29", "2028-03-01", "2026-11-02"],
  "el martes": ["2026-11-24", "2026-12-01", "2026-12-29", "2028-02-29 or 2028-03-07", "2026-11-03"],
  "el próximo martes": [
    "2026-11-24",
    "2026-12-01 or 2026-12-08",
    "2026-12-29 or 2027-01-05",
    "2028-03-07",
    "2026-11-03",
  ],
  "el martes que viene": [
    "2026-11-24",
    "2026-12-01 or 2026-12-08",
    "2026-12-29 or 2027-01-05",
    "2028-03-07",
    "2026-11-03",
  ],
  "el martes de la otra semana": ["2026-11-24", "2026-12-08", "2027-01-05", "2028-03-07", "2026-11-03"],
  "el lunes 30": ["2026-11-30", "2026-11-30", "2026-12-28 or 2026-12-30", "2028-03-06 or 2028-03-30", "2026-11-30"],
  "el 5": ["2026-12-05", "2026-12-05", "2027-01-05", "2028-03-05", "2026-11-05"],
  "24/11": ["2026-11-24", "past", "past", "2028-11-24", "2026-11-24"],
  "3 de diciembre": ["2026-12-03", "2026-12-03", "past", "2028-12-03", "2026-12-03"],
  "en ocho días": ["2026-11-29", "2026-12-07", "2027-01-04", "2028-03-07", "2026-11-08"],
  "en quince días": ["2026-12-06", "2026-12-14", "2027-01-11", "2028-03-14", "2026-11-15"],
};

const HOURS: Record<string, string> = {
  "a las 3": "3:00 or 15:00",
  "a las tres y media de la tarde": "15:30",
  "tipo 4": "about 4:00 or 16:00",
  "después de las 2": "from 14:00",
  "entre 2 y 4": "from 14:00 until 16:00",
  "al mediodía": "from 11:30 until 14:00",
  "a primera hora": "until 12:00",
  "15h": "15:00",
  "9:00 a. m.": "9:00",
};

const test = base.extend("asked", { scope: "file" }, async ({ simulators }) => {
  const options = { apiKey: "test", baseUrl: simulators.openaiUrl, model: "gpt-4o", wire: "responses" as const };
  const decide = createDecider({ model: createLanguageModel(options) });
  const massage = {
    service_id: services.massage.id,
    unknown_service: false,
    member_id: null,
    day: null,
    time: null,
    also_asks: null,
  };
  const began = chart.step(chart.initial(), { type: "turn.began", facts: facts() }).snapshot;
  const first = chart.step(began, { type: "customer.said", said: saying("masaje relajante") }).snapshot;
  const book = {
    ...massage,
    type: "agent.book",
    by: "code",
    part_of_day: null,
    first_name: null,
    last_name: null,
  } as const;
  const asked = chart.step(first, book).snapshot;
  /** What the model makes of the words where a day is asked for. */
  return async (words: string) => {
    const snapshot = chart.step(asked, { type: "customer.said", said: saying(words) }).snapshot;
    const history = [{ role: "customer" as const, text: words }];
    const run = <T>(_kind: string, work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal);
    const { event } = await decide({ snapshot, said: saying(words), history, run });
    if (event?.type !== "agent.book") throw new Error(`"${words}" is ${event?.type}`);
    return event;
  };
});

function saying(text: string) {
  return { text, messages: [{ id: "m", kind: "text" as const, text }], at: facts().now };
}

function spellings(phrase: string): string[] {
  const plain = phrase.normalize("NFD").replace(/\p{M}/gu, "");
  return [...new Set([phrase, plain, phrase.toUpperCase()])];
}

describe("a day, with and without accents, at every moment", () => {
  test.for(Object.entries(DAYS))("%s", async ([phrase, expected], { asked }) => {
    for (const words of spellings(phrase)) {
      const { day } = await asked(words);
      if (day === null) throw new Error(`"${words}" names no day`);
      const read = Object.values(NOWS).map(({ now, zone }) =>
        shown(readDay(day, localClock(new Date(now), zone).date)),
      );
      expect(read, words).toEqual([...expected]);
    }
  });
});

describe("an hour, with and without accents", () => {
  test.for(Object.entries(HOURS))("%s", async ([phrase, expected], { asked }) => {
    for (const words of spellings(phrase)) {
      const { time, part_of_day } = await asked(words);
      expect(shownTime(readTime(time, part_of_day)), words).toBe(expected);
    }
  });
});

function shown(reading: ReturnType<typeof readDay>): string {
  if (reading.kind === "days") return reading.from === reading.to ? reading.from : `${reading.from}..${reading.to}`;
  return reading.kind === "ambiguous" ? reading.dates.join(" or ") : reading.kind;
}

function shownTime(wish: ReturnType<typeof readTime>): string {
  const clock = (minutes: number) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  if (wish === null) return "any";
  const bounds = [
    wish.from === null ? "" : `from ${clock(wish.from)}`,
    wish.until === null ? "" : `until ${clock(wish.until)}`,
  ];
  const within = bounds.filter(Boolean).join(" ");
  return within || `${wish.exact ? "" : "about "}${wish.at.map(clock).join(" or ")}`;
}
