import { expect, test } from "vitest";
import type { PartOfDay, TimeParts } from "../../src/conversation/decisions.ts";
import { readTime } from "../../src/conversation/times.ts";

function time(hour: number, given: Partial<TimeParts> = {}): TimeParts {
  return { hour, minute: null, meridiem: "unknown", relation: "at", to_hour: null, to_minute: null, ...given };
}

function clock(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

const PHRASES: [phrase: string, time: TimeParts | null, part: PartOfDay | null, wish: string][] = [
  ["a las 3", time(3), null, "exactly 3:00 or 15:00"],
  ["a las tres y media de la tarde", time(3, { minute: 30, meridiem: "pm" }), null, "exactly 15:30"],
  ["9:00 a. m.", time(9, { minute: 0, meridiem: "am" }), null, "exactly 9:00"],
  ["15h", time(15), null, "exactly 15:00"],
  ["a las 12", time(12), null, "exactly 12:00"],
  ["las 12 de la noche", time(12, { meridiem: "am" }), null, "exactly 0:00"],
  ["mañana en la tarde a las 4", time(4), "afternoon", "exactly 16:00"],
  ["en la mañana a las 8", time(8), "morning", "exactly 8:00"],
  ["tipo 4", time(4, { relation: "around" }), null, "about 4:00 or 16:00"],
  ["después de las 2", time(2, { relation: "from" }), null, "about 14:00, from 14:00"],
  ["después de las 10", time(10, { relation: "from" }), null, "about 10:00, from 10:00"],
  ["antes de las 11", time(11, { relation: "until" }), null, "about 11:00, until 11:00"],
  ["entre 2 y 4", time(2, { relation: "between", to_hour: 4 }), null, "about any, from 14:00, until 16:00"],
  ["entre 11 y 1", time(11, { relation: "between", to_hour: 1 }), null, "about any, from 11:00, until 13:00"],
  ["al mediodía", null, "noon", "about 12:30, from 11:30, until 14:00"],
  ["a primera hora", null, "early", "about 0:00, until 12:00"],
  ["en la mañana", null, "morning", "about any, until 12:00"],
  ["en la tarde", null, "afternoon", "about any, from 12:00, until 18:30"],
  ["en la noche", null, "evening", "about any, from 18:00"],
];

test.each(PHRASES)("%s", (_phrase, said, part, expected) => {
  const wish = readTime(said, part);
  const shown = [
    `${wish?.exact ? "exactly" : "about"} ${wish?.at.map(clock).join(" or ") || "any"}`,
    ...(wish?.from == null ? [] : [`from ${clock(wish.from)}`]),
    ...(wish?.until == null ? [] : [`until ${clock(wish.until)}`]),
  ].join(", ");
  expect(shown).toBe(expected);
});

test("nothing said about the hour is no wish", () => {
  expect(readTime(null, null)).toBeNull();
});
