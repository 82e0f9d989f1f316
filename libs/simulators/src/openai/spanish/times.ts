import { type Scanner, words } from "./fold.ts";
import { NUMBER, toNumber } from "./numbers.ts";

/** An hour as it was said; nothing is computed. */
export interface TimeSaid {
  hour: number;
  minute: number | null;
  meridiem: "am" | "pm" | "unknown";
  relation: "at" | "from" | "until" | "around" | "between";
  to_hour: number | null;
  to_minute: number | null;
}

/** A part of the day as it was said. */
export type PartSaid = "early" | "morning" | "noon" | "afternoon" | "evening" | "late";

const MINUTES = `(?:\\s*[:.h]\\s*(\\d{2})| y (media|cuarto|cinco|diez|veinte|veinticinco|treinta|\\d{2})| (menos cuarto))?`;
const HALF = "(?:\\s*([ap])\\.?\\s?m\\.?| (?:de|en|por) la (manana|tarde|noche|madrugada)| del (medio\\s?dia))?";
const HOUR = `(${NUMBER})${MINUTES}${HALF}`;
const THE = "(?: las?)?";

const RELATIONS = compile([
  ["from", `(?:despues de|luego de|a partir de|desde|pasadas?|de)${THE} ${HOUR} en adelante`],
  ["from", `(?:despues de|luego de|a partir de|desde|pasadas?)${THE} ${HOUR}`],
  ["until", `(?:antes de|hasta|maximo a|a mas tardar a)${THE} ${HOUR}`],
  ["around", `(?:tipo|como a|como|sobre|alrededor de|a eso de|por ahi a|mas o menos a|cerca de|hacia)${THE} ${HOUR}`],
]);
/** An hour that stands alone needs a sign that it is one: an article, a colon, am or pm, "h", "de la tarde". */
const AT = [
  `(?:a|para) las? ${HOUR}`,
  `las? ${HOUR}`,
  `(\\d{1,2})(?:\\s*[:.]\\s*(\\d{2}))()()${HALF}`,
  `(\\d{1,2})\\s?h(?:oras?|rs?)?()()()()()()`,
  `(${NUMBER})() y (media|cuarto)()${HALF}`,
  `(${NUMBER})()()()(?:\\s*([ap])\\.?\\s?m\\.?| (?:de|en|por) la (manana|tarde|noche|madrugada)| del (medio\\s?dia))`,
].map(words);

const BETWEEN = [`entre${THE} ${HOUR} (?:y|a)${THE} ${HOUR}`, `de(?: las?)? ${HOUR} a${THE} ${HOUR}`].map(words);

function compile(sources: readonly (readonly [TimeSaid["relation"], string])[]) {
  return sources.map(([relation, source]) => ({ relation, pattern: words(source) }));
}

/** Takes the first hour out of the text. */
export function takeTime(scanner: Scanner): TimeSaid | null {
  const between = takeAny(scanner, BETWEEN);
  if (between) {
    const first = toTime(between.slice(1, 8), "between");
    const second = toTime(between.slice(8, 15), "between");
    if (!first || !second) return null;
    const meridiem = first.meridiem === "unknown" ? second.meridiem : first.meridiem;
    return { ...first, meridiem, to_hour: second.hour, to_minute: second.minute };
  }
  for (const { relation, pattern } of RELATIONS) {
    const match = scanner.take(pattern);
    if (match) return toTime(match.slice(1), relation);
  }
  const alone = takeAny(scanner, AT);
  return alone && toTime(alone.slice(1), "at");
}

function takeAny(scanner: Scanner, patterns: readonly RegExp[]): RegExpExecArray | null {
  for (const pattern of patterns) {
    const match = scanner.take(pattern);
    if (match) return match;
  }
  return null;
}

function toTime(groups: (string | undefined)[], relation: TimeSaid["relation"]): TimeSaid | null {
  const [hourText = "", digits, fraction, minus, half, part, midday] = groups;
  const hour = toNumber(hourText);
  if (hour < 0 || hour > 24) return null;
  const meridiem = meridiemOf(half, part, midday);
  const base = { meridiem, relation, to_hour: null, to_minute: null } as const;
  if (minus) return { hour: hour === 1 ? 12 : hour - 1, minute: 45, ...base };
  return { hour, minute: minuteOf(digits, fraction), ...base };
}

function minuteOf(digits: string | undefined, fraction: string | undefined): number | null {
  if (digits) return Math.min(Number(digits), 59);
  if (fraction === "media") return 30;
  if (fraction === "cuarto") return 15;
  return fraction ? toNumber(fraction) : null;
}

function meridiemOf(half: string | undefined, part: string | undefined, midday: string | undefined) {
  if (half) return half === "a" ? "am" : "pm";
  if (part) return part === "manana" || part === "madrugada" ? "am" : "pm";
  return midday ? "pm" : "unknown";
}

const PARTS: readonly [PartSaid, RegExp][] = [
  ["early", words("a primera hora|(?:bien |muy )?temprano|tempranito|a primeras horas")],
  ["late", words("a ultima hora|al final del dia|lo mas tarde(?: posible)?")],
  ["noon", words("(?:al|a|el) ?medio\\s?dia|a la hora del almuerzo|mediodia")],
  ["morning", words("(?:en|por|a|toda|de) la manana|esta manana|por las mananas|mananita")],
  ["afternoon", words("(?:en|por|a|toda|de) la tarde|tardecita|por las tardes|tarde")],
  ["evening", words("(?:en|por|a|de) la noche|por las noches|noche")],
];

/** Takes the part of the day out of the text; "más tarde" and "más temprano" are none. */
export function takePart(scanner: Scanner): PartSaid | null {
  if (scanner.has(words("mas (?:tarde|temprano|tardecito|tempranito)"))) return null;
  return PARTS.find(([_, pattern]) => scanner.take(pattern))?.[0] ?? null;
}
