import type { ReminderFacts } from "./reminder-types.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** A reminder that comes later than this before the appointment helps nobody; for short ones half of their time. */
const LEAST_LEAD_MS = 30 * MINUTE_MS;

/** Why there is no reminder of an appointment. */
export type NoReminder = "not_active" | "off" | "booked_late" | "too_late";
export type ReminderPlan = { kind: "at"; at: Date } | { kind: "none"; reason: NoReminder };

type Planned = Pick<
  ReminderFacts,
  "status" | "startsAt" | "reminderMinutes" | "quietHours" | "timezone" | "arrangedAt"
>;

/**
 * When the reminder of an appointment leaves: so many minutes before its start, but outside the quiet hours — after them where
 * that is early enough, else before they begin. Who booked after that moment knows of it without being reminded.
 */
export function planReminder(facts: Planned, now: Date): ReminderPlan {
  const startsAt = new Date(facts.startsAt);
  if (!isActive(facts.status) || startsAt <= now) return { kind: "none", reason: "not_active" };
  if (facts.reminderMinutes === null) return { kind: "none", reason: "off" };
  const leadMs = facts.reminderMinutes * MINUTE_MS;
  const latest = new Date(startsAt.getTime() - Math.min(LEAST_LEAD_MS, leadMs / 2));
  const due = outsideQuietHours(new Date(startsAt.getTime() - leadMs), latest, facts);
  if (new Date(facts.arrangedAt) > due) return { kind: "none", reason: "booked_late" };
  if (due > now) return { kind: "at", at: due };
  // Late, because nobody could send it then: now, or when the quiet hours are over.
  const late = outsideQuietHours(now, latest, facts);
  return late < now || late > latest ? { kind: "none", reason: "too_late" } : { kind: "at", at: late };
}

function isActive(status: string): boolean {
  return status === "programada" || status === "confirmada";
}

function outsideQuietHours(at: Date, latest: Date, { quietHours, timezone }: Planned): Date {
  if (quietHours === null) return at;
  const [start, end] = [minutesOf(quietHours.start), minutesOf(quietHours.end)];
  const minute = localMinute(at, timezone);
  const since = forward(start, minute);
  if (since >= forward(start, end)) return at;
  const after = reach(new Date(at.getTime() + forward(minute, end) * MINUTE_MS), end, timezone);
  if (after <= latest) return after;
  return reach(new Date(at.getTime() - (since + 1) * MINUTE_MS), (start + DAY_MINUTES - 1) % DAY_MINUTES, timezone);
}

/** Minutes from one time of day to the next occurrence of another. */
function forward(from: number, to: number): number {
  return (to - from + DAY_MINUTES) % DAY_MINUTES;
}

/** Corrects an instant that a clock change in between has put beside the wall clock's minute, to the whole minute. */
function reach(at: Date, minute: number, timezone: string): Date {
  const off = forward(localMinute(at, timezone), minute);
  const corrected = at.getTime() + (off > DAY_MINUTES / 2 ? off - DAY_MINUTES : off) * MINUTE_MS;
  return new Date(Math.floor(corrected / MINUTE_MS) * MINUTE_MS);
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

function localMinute(at: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return minutesOf(format.format(at));
}
