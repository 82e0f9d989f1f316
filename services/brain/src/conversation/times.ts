import type { PartOfDay, TimeParts } from "./decisions.ts";

/** When on a day the customer wants to come; minutes since midnight. */
export interface TimeWish {
  /** The readings of one hour, as many as survive: "a las 3" is 3:00 and 15:00 until the free hours decide. */
  at: number[];
  /** True when exactly that hour was asked for, not "about". */
  exact: boolean;
  from: number | null;
  until: number | null;
}

const NOON = 12 * 60;
const HALF_DAY = 12 * 60;

const WINDOWS: Record<PartOfDay, TimeWish> = {
  early: { at: [0], exact: false, from: null, until: NOON },
  morning: { at: [], exact: false, from: null, until: NOON },
  noon: { at: [NOON + 30], exact: false, from: 11 * 60 + 30, until: 14 * 60 },
  afternoon: { at: [], exact: false, from: NOON, until: 18 * 60 + 30 },
  evening: { at: [], exact: false, from: 18 * 60, until: null },
  late: { at: [24 * 60], exact: false, from: NOON, until: null },
};

/** The wish for an hour, a span of hours or a part of the day; null when the customer said nothing about it. */
export function readTime(time: TimeParts | null, part: PartOfDay | null): TimeWish | null {
  if (time === null) return part === null ? null : WINDOWS[part];
  const readings = readingsOf(time.hour, time.minute ?? 0, time.meridiem, part);
  const likely = likelyOf(readings);
  switch (time.relation) {
    case "at":
      return { at: readings, exact: true, from: null, until: null };
    case "around":
      return { at: readings, exact: false, from: null, until: null };
    case "from":
      return { at: [likely], exact: false, from: likely, until: null };
    case "until":
      return { at: [likely], exact: false, from: null, until: likely };
    case "between": {
      if (time.to_hour === null) return { at: readings, exact: false, from: null, until: null };
      const ends = readingsOf(time.to_hour, time.to_minute ?? 0, time.meridiem, null);
      const end = ends.find((minutes) => minutes > likely) ?? likely + 2 * 60;
      return { at: [], exact: false, from: likely, until: end };
    }
  }
}

/** What an hour as said can mean: 24-hour, told by am/pm or part of the day, or both halves of the day. */
function readingsOf(hour: number, minute: number, meridiem: TimeParts["meridiem"], part: PartOfDay | null): number[] {
  const minutes = (hour % 24) * 60 + minute;
  if (hour > 12 || hour === 0) return [minutes];
  const morning = (hour % 12) * 60 + minute;
  const half = meridiem === "unknown" ? halfOf(part) : meridiem;
  if (half === "am") return [hour === 12 && part === "noon" ? NOON + minute : morning];
  if (half === "pm") return [morning + HALF_DAY];
  return hour === 12 ? [NOON + minute] : [morning, morning + HALF_DAY];
}

function halfOf(part: PartOfDay | null): TimeParts["meridiem"] {
  if (part === "early" || part === "morning") return "am";
  return part === null ? "unknown" : "pm";
}

/** Of two halves of the day the one in which businesses are open: up to 6 it is the afternoon. */
function likelyOf(readings: readonly number[]): number {
  const [first = 0, second] = readings;
  return second !== undefined && first < 7 * 60 ? second : first;
}
