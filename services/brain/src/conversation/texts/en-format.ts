import { createFormat } from "./format.ts";

export const EN_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const EN_MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** English; day before month, as everybody around the customer says it. */
export const enFormat = createFormat({
  weekdays: EN_WEEKDAYS,
  months: EN_MONTHS,
  joint: " ",
  halves: ["a.m.", "p.m."],
  thousands: ",",
});
