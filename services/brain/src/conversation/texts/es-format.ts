import { createFormat } from "./format.ts";

export const WEEKDAYS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
export const MONTHS = [
  "enero",
  "febrero",
  "marzo",
  "abril",
  "mayo",
  "junio",
  "julio",
  "agosto",
  "septiembre",
  "octubre",
  "noviembre",
  "diciembre",
];

/** Spanish as Colombia writes it. */
export const esFormat = createFormat({
  weekdays: WEEKDAYS,
  months: MONTHS,
  joint: " de ",
  halves: ["a. m.", "p. m."],
  thousands: ".",
});
