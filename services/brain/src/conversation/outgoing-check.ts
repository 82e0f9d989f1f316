import { EN_MONTHS, EN_WEEKDAYS } from "./texts/en-format.ts";
import { MONTHS, WEEKDAYS } from "./texts/es-format.ts";
import { normalise, numberWord } from "./words.ts";

/** What a text of the model may rest on: the passages and facts of this turn, as text. */
export interface Ground {
  facts: readonly string[];
}

/** What a text states without ground; empty when it may be sent. */
export type Violation = "number" | "day" | "link" | "name" | "claim" | "inner_words" | "too_long";

const MAX_LENGTH = 900;
const DAY_WORDS =
  /\b(lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|hoy|manana|pasado manana|esta noche|esta tarde|mediodia|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|january|february|april|june|july|august|september|october|november|december|today|tomorrow|tonight|noon)\b/g;
const PART_OF_DAY = /\b(?:de|en|por) la manana\b|\bmanana y tarde\b/g;
const LINKS =
  /https?:\/\/\S+|www\.\S+|\b[\w.+-]+@[\w-]+\.\w+|@\w{3,}|\b[\w-]+\.(?:com|co|net|org|info|me|app|io|link)\b\S*/gi;
const INNER_WORDS = /[0-9a-f]{8}-[0-9a-f]{4}-|\b[a-z]+_[a-z_]+\b|<\/?[a-z_]+>|\b(system prompt|tool call|json|api)\b/i;
/** "Agendé", "quedó reservada", "ya cancelo", "te llamarán": said only by code, from the record. */
const ACT =
  "(?:agend|reserv|cancel|confirm|reprogram|program|registr|apart|separ|notifi[cq]|avis|anot|asign|cambi|mov|mud|inscrib|cobr|pag|reembols|env[ií])";
const CLAIMS = [
  new RegExp(`\\b${ACT}(?:é|í|u[eé]|ió|amos|imos|ad[oa]s?|id[oa]s?|ó)(?![a-záéíóúñ])`, "giu"),
  new RegExp(
    `\\b(?:ya|te|le|lo|la|he|hemos|qued[oóa]|est[aá]|listo)\\s+(?:\\S+\\s+){0,2}?(?!${ACT}[a-z]*[aei]r(?:te|lo|la|me)?\\b)${ACT}[a-záéíóúñ]*`,
    "giu",
  ),
  /\b(?:te|lo|la|le)\s+(?:(?:va|van|vamos|voy)\s+a\s+)?(?:llam|escrib|contact|atender|comunic|transf|pas)[a-z]*(?:á|án|aré|aremos|eremos|iremos|ir|ar|er)(?![a-z])/giu,
  /\b(?:i|we)(?:'ve|’ve| have)?\s+(?:just\s+|now\s+|already\s+)?(?:booked|scheduled|reserved|cancell?ed|confirmed|moved|rescheduled|changed|notified|informed|sent|noted|paid|refunded)\b/giu,
  /\b(?:is|are|was|been|it's|it’s)\s+(?:now\s+|all\s+|already\s+)?(?:booked|scheduled|reserved|cancell?ed|confirmed|moved|rescheduled|changed|set)\b/giu,
  /\b(?:i|we|they|someone|somebody|a person)(?:\s+will|'ll|’ll)\s+(?:call|write|contact|reach|book|cancel|confirm|move|change|notify|send|be in touch)\b/giu,
];
/** "Tu cita quedó agendada", "ya reservé": that something was done is in nobody's passages, whatever they say. */
const DONE_ACT = "(?:agend|reserv|cancel|confirm|reprogram|program|apart|cambi|registr)";
const DONE = [
  new RegExp(
    `\\b(?:qued[oó]|est[aá]|fue|ha sido|ha quedado|hemos|he|ya)\\s+(?:\\S+\\s+){0,2}?${DONE_ACT}ad[oa]s?(?![a-záéíóúñ])`,
    "iu",
  ),
  new RegExp(`\\b(?:ya\\s+)?(?:te\\s+|la\\s+|lo\\s+)?${DONE_ACT}(?:é|u[eé])(?![a-záéíóúñ])`, "iu"),
  /\b(?:i|we)(?:'ve|’ve| have)?\s+(?:just\s+|now\s+|already\s+)?(?:booked|scheduled|reserved|cancell?ed|confirmed|moved|rescheduled)\b/iu,
  /\byour (?:\w+\s+){0,2}(?:appointment|booking)\s+(?:is|was|has been|got)\s+(?:now\s+|all\s+|already\s+)?(?:booked|scheduled|reserved|cancell?ed|confirmed|moved|rescheduled|set)\b/iu,
];
/** Words that stand with a capital for reasons other than being a name. */
const CAPITALS = new Set([
  ...[...EN_WEEKDAYS, ...EN_MONTHS].map(normalise),
  "whatsapp",
  "instagram",
  "google",
  "maps",
  "sky",
  "iva",
  "colombia",
  "ok",
  "dios",
]);

/** A day is the same day in every language: the passages may be in another than the answer. */
const SAME_DAY = new Map(
  [
    ...EN_WEEKDAYS.map((day, index) => [day, WEEKDAYS[index] ?? ""]),
    ...EN_MONTHS.map((month, index) => [month, MONTHS[index] ?? ""]),
    ["today", "hoy"],
    ["tomorrow", "manana"],
    ["noon", "mediodia"],
  ].map(([one = "", other = ""]) => [normalise(one), normalise(other)] as const),
);

/** Finds what a text claims or states that the ground does not hold (reference/brain.md §4). Pure, and harsh rather than clever. */
export function checkOutgoing(text: string, ground: Ground): Violation[] {
  const facts = ground.facts.join("\n");
  const found = new Set<Violation>();
  if (text.length > MAX_LENGTH) found.add("too_long");
  if (INNER_WORDS.test(text)) found.add("inner_words");
  if ([...text.matchAll(LINKS)].some(([link]) => !facts.toLowerCase().includes(link.toLowerCase()))) found.add("link");
  if (!isWithin(numbersOf(text), withBareHours(numbersOf(facts)))) found.add("number");
  if (!isWithin(daysOf(text), daysOf(facts))) found.add("day");
  if (!namesOf(text).every((name) => wordsOf(facts).has(normalise(name)))) found.add("name");
  if (DONE.some((done) => done.test(withoutQuestions(text)))) found.add("claim");
  if (claimsOf(text).some((claim) => !normalise(facts).includes(normalise(claim)))) found.add("claim");
  return [...found];
}

function isWithin(stated: Set<string>, held: Set<string>): boolean {
  return [...stated].every((item) => held.has(item));
}

/** Every number of a text, however written: 120.000 and 120,000 are one; 3:00 p. m. is also 15:00; "ciento veinte mil" by its words. */
function numbersOf(text: string): Set<string> {
  const numbers = new Set<string>();
  const rest = text.replace(
    /(\d{1,2})(?::(\d{2}))?\s*(?:h\b|hrs?\b|([ap])\.?\s?m\b\.?)|(\d{1,2}):(\d{2})/gi,
    (_, hour, minute, half, plainHour, plainMinute) => {
      numbers.add(minutesOf(Number(hour ?? plainHour), Number(minute ?? plainMinute ?? 0), half));
      return " ";
    },
  );
  for (const [, sign, number = "", unit] of rest.matchAll(
    /(\$\s?)?(\d+(?:[.,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)(\s?(?:pesos|cop)\b)?/gi,
  )) {
    const digits = /^\d+(?:[.,]\d{3})+$/.test(number) ? number.replace(/[.,]/g, "") : number.replace(",", ".");
    // A price has to be a price in the facts too: 60 minutes are no $60.
    numbers.add(sign || unit ? `$${digits}` : digits);
  }
  for (const word of normalise(rest).split(" ")) {
    const value = numberWord(word);
    if (value !== undefined) numbers.add(String(value));
  }
  return numbers;
}

/** Where the facts hold 8:00 a. m., a text may say "a las 8". */
function withBareHours(numbers: Set<string>): Set<string> {
  const hours = [...numbers].flatMap((number) => {
    const minutes = number.startsWith("at ") ? Number(number.slice(3)) : Number.NaN;
    return minutes % 60 === 0 ? [String(minutes / 60), String((minutes / 60) % 12 || 12)] : [];
  });
  return new Set([...numbers, ...hours]);
}

function minutesOf(hour: number, minute: number, half: string | undefined): string {
  const hours = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  return `at ${hours * 60 + minute}`;
}

function daysOf(text: string): Set<string> {
  const words = normalise(text).replace(PART_OF_DAY, " ");
  return new Set([...words.matchAll(DAY_WORDS)].map(([word]) => SAME_DAY.get(word.replace(/(?<=day)s$/, "")) ?? word));
}

/** Words with a capital that do not begin a sentence, and whoever a title stands in front of. */
function namesOf(text: string): string[] {
  const names = [...text.matchAll(/(?<![.!?¡¿:•\-\n]\s{0,3}|^["'«(¡¿]?)(?<=[\s(«"'])\p{Lu}[\p{L}]+/gu)].map(
    ([name]) => name,
  );
  const titled = [...text.matchAll(/\b(?:dra?|doctora?|sra?|señora?|don|doña)\.?\s+(\p{L}+)/giu)].map(
    ([, name = ""]) => name,
  );
  return [...names, ...titled].filter((name) => !CAPITALS.has(normalise(name)));
}

function wordsOf(text: string): Set<string> {
  return new Set(normalise(text).split(" "));
}

/** Statements that something was done or will be done by somebody; questions and offers are none. */
function claimsOf(text: string): string[] {
  const statements = withoutQuestions(text);
  return CLAIMS.flatMap((claim) => [...statements.matchAll(claim)].map(([match]) => match));
}

function withoutQuestions(text: string): string {
  return text
    .replace(/¿[^?]*\?/g, " ")
    .split(/(?<=[.!\n])/)
    .filter((sentence) => !sentence.trim().endsWith("?"))
    .join("");
}
