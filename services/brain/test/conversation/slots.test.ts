import { expect, test } from "vitest";
import { pickSlots } from "../../src/conversation/slots.ts";
import { ana, free, freeDay, sofia } from "./aurora.ts";

const quarterHours = freeDay(
  "2026-11-24",
  Array.from({ length: 40 }, (_, index) => {
    const minutes = 8 * 60 + index * 15;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  }),
);
const wish = { at: [], exact: false, from: null, until: null };
const times = (slots: { startTime: string }[]) => slots.map(({ startTime }) => startTime);

test("a whole day is offered evenly, five times at most", () => {
  expect(times(pickSlots(quarterHours, null).offer)).toEqual(["08:00", "10:30", "13:00", "15:15", "17:45"]);
});

test("an hour asked for is offered with its neighbours, and is exact when it is free", () => {
  const pick = pickSlots(quarterHours, { ...wish, at: [600], exact: true });
  expect(pick.exact?.startTime).toBe("10:00");
  expect(times(pick.offer)).toEqual(["09:30", "09:45", "10:00", "10:15", "10:30"]);
});

test("of two readings the one inside the working hours is meant", () => {
  const pick = pickSlots(quarterHours, { ...wish, at: [180, 900], exact: true });
  expect(pick.exact?.startTime).toBe("15:00");
});

test("about an hour is never exact", () => {
  expect(pickSlots(quarterHours, { ...wish, at: [600] }).exact).toBeNull();
});

test("a part of the day that is full falls back to the rest, and says so", () => {
  const pick = pickSlots(freeDay("2026-11-24", ["09:00", "10:00"]), { ...wish, from: 720, until: 1_110 });
  expect(pick.withinWish).toBe(false);
  expect(times(pick.offer)).toEqual(["09:00", "10:00"]);
});

test("several days are each offered", () => {
  const days = ["2026-11-24", "2026-11-25", "2026-11-26"].flatMap((date) => freeDay(date, ["09:00", "10:00", "11:00"]));
  const pick = pickSlots(days, null);
  expect(pick.offer).toHaveLength(5);
  expect(new Set(pick.offer.map(({ date }) => date)).size).toBe(3);
  expect(pick.exact).toBeNull();
});

test("what was passed over is not offered again, and one start is offered once", () => {
  const both = [
    free("2026-11-24", "09:00", ana),
    free("2026-11-24", "09:00", sofia),
    free("2026-11-24", "10:00", sofia),
  ];
  expect(pickSlots(both, null).offer.map(({ memberName }) => memberName)).toEqual(["Ana Ruiz", "Sofía Gil"]);
  expect(times(pickSlots(both, null, [both[0]?.startsAt ?? ""]).offer)).toEqual(["10:00"]);
});

test("nothing free is an empty offer", () => {
  expect(pickSlots([], wish)).toEqual({ exact: null, offer: [], withinWish: true });
});
