import { addDays, localClock, weekdayOf } from "./dates.ts";
import type { Context, Heard, Proposal, Slot } from "./memory.ts";
import { EN_MONTHS, EN_WEEKDAYS } from "./texts/en-format.ts";
import { MONTHS, WEEKDAYS } from "./texts/es-format.ts";
import { normalise, numberWord } from "./words.ts";
import {
  ACTS,
  AFFIRMATIVE,
  AFFIRMATIVE_SI,
  CONFIRMS_APPOINTMENT,
  CONTRADICTION,
  FILLER,
  MAX_YES_WORDS,
  NO,
  NO_CANCELLATION,
  NO_TITLES,
  YES,
  YES_TITLES,
} from "./yes-words.ts";

/** The names of days and months in the languages that are answered in. */
const WEEKDAY_NAMES = [WEEKDAYS, EN_WEEKDAYS].map((names) => names.map(normalise));
const MONTH_NAMES = [MONTHS, EN_MONTHS].map((names) => names.map(normalise));
const RELATIVE = ["hoy", "manana", "pasado manana", "today", "tomorrow"];
const RELATIVE_DAYS = [0, 1, 2, 0, 1];

/** The words with the proposed act as a plain yes; null where they speak of another act. */
function wordsTo(kind: Proposal["kind"] | null, text: string): string | null {
  const words = normalise(text);
  if (kind === "cancellation" && NO_CANCELLATION.test(words)) return null;
  if (kind !== "booking" && kind !== "confirmation" && CONFIRMS_APPOINTMENT.test(words)) return null;
  const act = kind === null ? undefined : ACTS[kind];
  return act === undefined ? words : words.replace(act, " si ").replace(/\s+/g, " ").trim();
}

/** True where the whole message is nothing but a yes to what of that kind was proposed. */
export function isPlainYes(text: string, kind: Proposal["kind"] | null = null): boolean {
  if (text.includes("?")) return false;
  const words = wordsTo(kind, text);
  if (words === null) return false;
  if (YES_TITLES.test(words)) return true;
  return (
    words.search(YES) >= 0 && words.replace(YES, " ").replace(FILLER, " ").trim() === "" && !/^(es|quiero)$/.test(words)
  );
}

/** True where the whole message is nothing but a no. */
export function isPlainNo(text: string): boolean {
  const words = normalise(text);
  return (
    NO_TITLES.test(words) ||
    NO.test(
      words
        .replace(/\b(gracias|por favor|senor(a|ita)?)\b/g, " ")
        .replace(/\s+/g, " ")
        .trim(),
    )
  );
}

/**
 * True where the customer's own words or tap of this turn say yes to this proposal. The model's word (`claimed`) counts only
 * with an affirmative word in the text and nothing in it that contradicts or changes what was proposed.
 */
export function isYesTo(
  proposal: Proposal,
  heard: Heard,
  claim: { by: "code" | "model" | "fallback"; evidence: string },
  facts: Context["facts"],
): boolean {
  if (proposal.shownInTurn === heard.turnId) return false;
  if (heard.tap !== null) return heard.tap === `yes:${proposal.id}`;
  // A question that did not arrive cannot be answered in words; a tapped button did arrive.
  if (proposal.unseen) return false;
  if (isPlainYes(heard.words, proposal.kind)) return true;
  if (claim.by !== "model") return false;
  const words = normalise(heard.words);
  const quoted = normalise(claim.evidence);
  if (quoted === "" || !words.includes(quoted) || words.split(" ").length > MAX_YES_WORDS) return false;
  const said = wordsTo(proposal.kind, heard.words);
  if (said === null || (!AFFIRMATIVE.test(said) && !AFFIRMATIVE_SI.test(heard.words))) return false;
  return !heard.words.includes("?") && !contradicts(said, proposal.slot, facts);
}

/** True where the words question, refuse or change what was proposed. */
function contradicts(words: string, slot: Slot | null, facts: Context["facts"]): boolean {
  if (CONTRADICTION.test(words)) return true;
  return !numbersAgree(words, slot) || !daysAgree(words, slot, facts);
}

function numbersAgree(words: string, slot: Slot | null): boolean {
  const numbers = words.split(/[ :/]/).flatMap((word) => numberIn(word));
  if (slot === null) return numbers.length === 0;
  const [hour = 0, minute = 0] = slot.startTime.split(":").map(Number);
  const hours = [hour, hour % 12 || 12];
  const [month = 0, day = 0] = slot.date.split("-").slice(1).map(Number);
  if (/\b\d*pm\b/.test(words) && hour < 12) return false;
  if (/\b\d*am\b/.test(words) && hour >= 12) return false;
  if (/\by media\b/.test(words) && minute !== 30) return false;
  if (/\by cuarto\b/.test(words) && minute !== 15) return false;
  if (/\bhalf past\b/.test(words) && minute !== 30) return false;
  if (/\bquarter (past|to)\b/.test(words)) return false;
  const named = [...words.matchAll(/\b(?:a las?|las?) (\w+)/g)].flatMap(([, word = ""]) => numberIn(word));
  if (!named.every((number) => hours.includes(number))) return false;
  // The month is a number only behind the day's: elsewhere an 11 is an hour.
  const rest = words.replace(new RegExp(`\\b0?${day}/0?${month}\\b`), " ").split(/[ :/]/);
  return rest.flatMap((word) => numberIn(word)).every((number) => [...hours, minute, day].includes(number));
}

function numberIn(word: string): number[] {
  const digits = /^\d+/.exec(word)?.[0];
  const value = digits === undefined ? numberWord(word) : Number(digits);
  return value === undefined ? [] : [value];
}

function daysAgree(words: string, slot: Slot | null, facts: Context["facts"]): boolean {
  const weekday = positionsIn(words, WEEKDAY_NAMES);
  const month = positionsIn(words, MONTH_NAMES);
  const part = words.match(/\b(?:de|en|por) la (manana|tarde|noche)\b|\b(morning|afternoon|evening)\b/)?.[0];
  const rest = words.replace(/\b(?:de|en|por) la manana\b/g, " ");
  const relative = rest.match(/\b(hoy|pasado manana|manana|today|tomorrow)\b/)?.[1];
  if (slot === null) return weekday.length + month.length === 0 && part === undefined && relative === undefined;
  const hour = Number(slot.startTime.slice(0, 2));
  if (part !== undefined && /manana|morning/.test(part) !== hour < 12) return false;
  if (weekday.some((position) => position !== weekdayOf(slot.date))) return false;
  if (month.some((position) => position !== Number(slot.date.slice(5, 7)))) return false;
  if (relative === undefined) return true;
  if (facts === null) return false;
  const today = localClock(new Date(facts.now), facts.organization.timezone).date;
  return slot.date === addDays(today, RELATIVE_DAYS[RELATIVE.indexOf(relative)] ?? 0);
}

/** Which of the names stand in the words, counted from one. */
function positionsIn(words: string, languages: readonly (readonly string[])[]): number[] {
  return languages.flatMap((names) =>
    names.flatMap((name, index) => (new RegExp(`\\b${name}\\b`).test(words) ? index + 1 : [])),
  );
}
