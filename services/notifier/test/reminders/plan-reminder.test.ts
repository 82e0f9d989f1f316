import { describe, expect, test } from "vitest";
import { planReminder } from "../../src/reminders/plan-reminder.ts";
import { APPOINTMENT } from "./reminder-room.ts";

const booked = new Date("2026-11-22T15:00:00Z");
const plan = (facts: Partial<typeof APPOINTMENT>, now = booked) => planReminder({ ...APPOINTMENT, ...facts }, now);
const at = (instant: string) => ({ kind: "at", at: new Date(instant) });
const none = (reason: string) => ({ kind: "none", reason });

describe("the moment of a reminder", () => {
  test("is so many minutes before the start as the organization wants", () => {
    expect(plan({})).toEqual(at("2026-11-23T15:00:00Z"));
    expect(plan({ reminderMinutes: 120 })).toEqual(at("2026-11-24T13:00:00Z"));
  });

  test("that falls into the quiet hours is when they end, if that is early enough", () => {
    // 7:00 in Bogotá: the day before at 7:00 becomes 8:00.
    expect(plan({ startsAt: "2026-11-24T12:00:00Z" })).toEqual(at("2026-11-23T13:00:00Z"));
    // 22:00 the day before becomes 8:00 of the day itself, for an appointment at 10:00.
    expect(plan({ reminderMinutes: 720 })).toEqual(at("2026-11-24T13:00:00Z"));
  });

  test("is the evening before where the quiet hours end too late", () => {
    const early = { startsAt: "2026-11-24T13:00:00Z", reminderMinutes: 60 };
    expect(plan(early)).toEqual(at("2026-11-24T00:59:00Z"));
    expect(plan({ ...early, reminderMinutes: 600 })).toEqual(at("2026-11-24T00:59:00Z"));
  });

  test("minds quiet hours within one day, and none at all", () => {
    const siesta = { quietHours: { start: "09:30", end: "11:00" } };
    expect(plan(siesta)).toEqual(at("2026-11-23T16:00:00Z"));
    expect(plan({ quietHours: null, startsAt: "2026-11-24T07:00:00Z" })).toEqual(at("2026-11-23T07:00:00Z"));
    expect(plan({ quietHours: { start: "10:01", end: "12:00" } })).toEqual(at("2026-11-23T15:00:00Z"));
  });

  test("stays on the wall clock when the clocks change in the quiet hours", () => {
    // Madrid, 29 March 2026: 2:00 becomes 3:00. The reminder at 1:30 waits for 8:00 summer time.
    const spring = { timezone: "Europe/Madrid", startsAt: "2026-03-30T00:30:00Z", arrangedAt: "2026-03-20T10:00:00Z" };
    expect(plan(spring, new Date("2026-03-20T10:00:00Z"))).toEqual(at("2026-03-29T06:00:00Z"));
    const autumn = { ...spring, startsAt: "2026-10-26T00:30:00Z" };
    expect(plan(autumn, new Date("2026-10-20T10:00:00Z"))).toEqual(at("2026-10-25T07:00:00Z"));
  });
});

describe("there is no reminder", () => {
  test("of what is cancelled, over, or missed", () => {
    for (const status of ["cancelada", "completada", "no_asistio"])
      expect(plan({ status })).toEqual(none("not_active"));
    expect(plan({}, new Date("2026-11-24T15:00:00Z"))).toEqual(none("not_active"));
  });

  test("where the organization wants none", () => {
    expect(plan({ reminderMinutes: null })).toEqual(none("off"));
  });

  test("for who booked after its moment", () => {
    expect(plan({ arrangedAt: "2026-11-23T18:00:00Z" }, new Date("2026-11-23T18:00:00Z"))).toEqual(none("booked_late"));
  });

  test("half an hour before the start, when it was held up so long", () => {
    expect(plan({}, new Date("2026-11-24T14:20:00Z"))).toEqual(at("2026-11-24T14:20:00Z"));
    expect(plan({}, new Date("2026-11-24T14:31:00Z"))).toEqual(none("too_late"));
    // Held up into the quiet hours: when they end.
    expect(plan({}, new Date("2026-11-24T03:00:00Z"))).toEqual(at("2026-11-24T13:00:00Z"));
    expect(plan({ startsAt: "2026-11-24T13:10:00Z" }, new Date("2026-11-24T03:00:00Z"))).toEqual(none("too_late"));
  });
});
