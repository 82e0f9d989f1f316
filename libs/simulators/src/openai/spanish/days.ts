import { type Scanner, words } from "./fold.ts";
import { NUMBER, toNumber } from "./numbers.ts";

/** A day as it was said; nothing is computed. */
export interface DaySaid {
  kind:
    | "today"
    | "tomorrow"
    | "day_after"
    | "weekday"
    | "day_of_month"
    | "date"
    | "in_days"
    | "in_weeks"
    | "week"
    | "weekend"
    | "soonest";
  weekday: string | null;
  which: "this" | "next" | "other_week" | null;
  day: number | null;
  month: number | null;
  year: number | null;
  number: number | null;
}

const WEEKDAYS: Readonly<Record<string, string>> = {
  lunes: "monday",
  martes: "tuesday",
  miercoles: "wednesday",
  jueves: "thursday",
  viernes: "friday",
  sabado: "saturday",
  domingo: "sunday",
  lun: "monday",
  mar: "tuesday",
  mie: "wednesday",
  jue: "thursday",
  vie: "friday",
  sab: "saturday",
  dom: "sunday",
};
const MONTHS = "enero febrero marzo abril mayo junio julio agosto sep?tiembre octubre noviembre diciembre".split(" ");

const WEEKDAY = `(${Object.keys(WEEKDAYS).join("|")})`;
const MONTH = `(${MONTHS.join("|")})`;
const COMING = "que viene|proxim[oa]|siguiente|entrante|que entra";
const OTHER_WEEK = "de la (?:otra|proxima|siguiente|semana que viene|semana entrante)(?: semana)?";

const NOTHING = { weekday: null, which: null, day: null, month: null, year: null, number: null } as const;
const day = (kind: DaySaid["kind"], said: Partial<DaySaid> = {}): DaySaid => ({ ...NOTHING, kind, ...said });
const monthOf = (name: string) => MONTHS.findIndex((month) => new RegExp(`^${month}$`).test(name)) + 1;
const weekdayOf = (name: string | undefined) => WEEKDAYS[name ?? ""] ?? null;
const yearOf = (text: string | undefined) => (text ? Number(text.length === 2 ? `20${text}` : text) : null);

/** From the most special wording to the most general: the first that matches is the day. */
const READERS: readonly [string, (match: readonly (string | undefined)[]) => DaySaid | null][] = [
  ["(\\d{4})-(\\d{2})-(\\d{2})", ([_, y, m, d]) => date(d, Number(m), yearOf(y))],
  [
    `(?:${WEEKDAY} )?(?:el )?(\\d{1,2})\\s?[/-]\\s?(\\d{1,2})(?:\\s?[/-]\\s?(\\d{4}|\\d{2}))?`,
    ([_, w, d, m, y]) => date(d, Number(m), yearOf(y), w),
  ],
  [
    `(?:${WEEKDAY} )?(?:el )?(?:dia )?(${NUMBER}) de ${MONTH}(?: (?:de|del) (\\d{4}))?`,
    ([_, w, d, m, y]) => date(d, monthOf(m ?? ""), yearOf(y), w),
  ],
  [`${MONTH} (\\d{1,2})`, ([_, m, d]) => date(d, monthOf(m ?? ""), null)],
  ["pasado manana", () => day("day_after")],
  [`(?:en|dentro de) (${NUMBER}) dias?`, ([_, n]) => day("in_days", { number: toNumber(n ?? "") })],
  [`(?:en|dentro de) (${NUMBER}) semanas?`, ([_, n]) => day("in_weeks", { number: toNumber(n ?? "") })],
  ["(?:fin de semana|finde)(?: que viene)?", () => day("weekend")],
  [`${WEEKDAY} (?:${OTHER_WEEK})`, ([_, w]) => weekday(w, "other_week")],
  [`(?:proximo|siguiente|otro) ${WEEKDAY}`, ([_, w]) => weekday(w, "next")],
  [`${WEEKDAY} (?:${COMING})`, ([_, w]) => weekday(w, "next")],
  [`este ${WEEKDAY}|${WEEKDAY} de esta semana`, ([_, w, v]) => weekday(w ?? v, "this")],
  [`${WEEKDAY} (?:el )?(\\d{1,2})`, ([_, w, d]) => inMonth(d, w)],
  [`${WEEKDAY}`, ([_, w]) => weekday(w, null)],
  [
    "(?:la )?(?:proxima|otra|siguiente) semana|(?:la )?semana (?:que viene|entrante|siguiente|proxima|que entra)",
    () => day("week", { which: "next" }),
  ],
  ["esta (?:misma )?semana|entre semana", () => day("week", { which: "this" })],
  [
    "lo (?:antes|mas pronto|mas rapido) posible|lo antes posible|cuanto antes|lo mas pronto|la primera(?: cita| hora)? (?:que haya|disponible|libre)|cuando (?:haya|puedan|tengan)|cualquier dia|urgente",
    () => day("soonest"),
  ],
  ["hoy(?: mismo)?|ahorita|ahora mismo", () => day("today")],
  ["manana", () => day("tomorrow")],
  [`(?:el|para el|dia|el dia) (\\d{1,2})`, ([_, d]) => inMonth(d)],
];

function date(text: string | undefined, month: number, year: number | null, name?: string): DaySaid | null {
  const number = toNumber(text ?? "");
  if (number < 1 || number > 31 || month < 1 || month > 12) return null;
  return day("date", { day: number, month, year, weekday: weekdayOf(name) });
}

function inMonth(text: string | undefined, name?: string): DaySaid | null {
  const number = toNumber(text ?? "");
  return number >= 1 && number <= 31 ? day("day_of_month", { day: number, weekday: weekdayOf(name) }) : null;
}

function weekday(name: string | undefined, which: DaySaid["which"]): DaySaid {
  return day("weekday", { weekday: weekdayOf(name), which });
}

const PATTERNS = READERS.map(([source, read]) => ({ pattern: words(source), read }));

/** The day of "esta tarde", which a reader of parts of the day takes away. */
export const TODAY = day("today");
export const SAYS_TODAY = words("esta (?:tarde|noche|manana)");

/** Takes the day out of the text; hours and parts of the day must have been taken before, "de la mañana" is no tomorrow. */
export function takeDay(scanner: Scanner): DaySaid | null {
  for (const { pattern, read } of PATTERNS) {
    const match = scanner.take(pattern);
    const said = match ? read(match) : null;
    if (said) return said;
  }
  return null;
}
