import { addDays, localClock, weekdayOf } from "./dates.ts";
import type { Context, Heard, Proposal, Slot } from "./memory.ts";
import { MONTHS } from "./texts/format.ts";
import { normalise, numberWord } from "./words.ts";

const FILLER =
  /\b(por favor|porfa(vor)?|muchas gracias|mil gracias|gracias|senor(a|ita)?|muy amable|entonces|pues|eso|esa|ese|esta|este|asi)\b/g;
const YES =
  /\b(s+i+|sip|sii?s|claro( que si)?|dale|ok(ay|ey|is|i)?|oki|vale|listo|lista|perfecto|perfecta|excelente|genial|super|de acuerdo|confirm(o|ado|ada|ar|a|alo|ala)|correct[oa]|exact[oa]|es|esta bien|todo bien|bien|bueno|buena|hagale|hagamosle|de una|me parece( bien)?|me sirve|me queda bien|agend(ar|a|ala|alo|ame|amela|ela|e)|reserv(ar|a|ala|alo|ame|amela|ela|e)|quiero|la quiero|va|yes)\b/g;
const NO =
  /^(no+|nop|nel|no gracias|mejor no|ahora no|por ahora no|no por ahora|todavia no|aun no|no quiero|no senora?|negativo|para nada|no hace falta|no es necesario|asi esta bien no)$/;
const YES_TITLES = /^(si agendar|si por favor|si esa es|si recordarme|si confirmar)$/;
const NO_TITLES = /^(cambiar algo|no gracias|no ver servicios|no dejarla|no otro horario)$/;

/** Words that say yes inside a longer sentence. A bare "si" is also "if", so it counts only where what follows shows which. */
const AFFIRMATIVE =
  /\b(claro|dale|ok(ay|ey)?|vale|listo|perfecto|de acuerdo|confirmo|confirmado|correcto|exacto|esta bien|hagale|de una|me parece bien|me sirve|(agend|reserv)(ala|alo|ame|amela|ela))\b|\bsi (claro|senora?|senorita|por favor|gracias|dale|quiero|confirmo|esta bien|agend\w+|reserv\w+|me (sirve|parece)|la quiero|perfecto|listo|ok|a las|el|con)\b/;
const AFFIRMATIVE_SI = /(^|[\s¡(,.!])(sí+|s[ií]+(?=\s*($|[,.!;\n])))(?=$|[\s,.!;)])/iu;
/** A yes that needs more words than this is a story: ask again. */
const MAX_YES_WORDS = 30;

const CONTRADICTION =
  /\b(no|nunca|tampoco|mejor|pero|otr[oa]s?|cambi\w*|espera\w*|excepto|sino|salvo|menos|aunque|en vez|en lugar|cancel\w*|cuando|cuanto|donde|como|que tal|por que)\b/;
const WEEKDAYS = ["lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"];

/** Naming the very act that was proposed says yes to it: "cancélala" to "¿la cancelo?". */
const ACTS: Partial<Record<Proposal["kind"], RegExp>> = {
  cancellation: /\b(si )?(cancel(ar|arla|arlo|ala|alo|amela|emosla|ela|elo|o|a))( (la|mi|esa) cita)?\b/g,
  move: /\b(si )?((muev|cambi|reprogram|reagend)(ar|arla|ala|alo|amela|emosla|ela|elo|e|o|a))( (la|mi|esa) cita)?\b/g,
};
/** To cancel is the one thing that "agendar" and a bare "confirmo" cannot mean. */
const NO_CANCELLATION = /\b(agend|reserv)\w*|(?<!\bsi )\bconfirm\w*/;

/** Said where something else was proposed, it is a wish of its own. */
const CONFIRMS_APPOINTMENT = /\bconfirm\w* (\w+ ){0,2}(cita|asistencia|reserva|turno)\b/;

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
  const weekday = WEEKDAYS.filter((name) => new RegExp(`\\b${name}\\b`).test(words));
  const month = MONTHS.filter((name) => new RegExp(`\\b${name}\\b`).test(words));
  const part = words.match(/\b(?:de|en|por) la (manana|tarde|noche)\b/)?.[1];
  const rest = words.replace(/\b(?:de|en|por) la manana\b/g, " ");
  const relative = rest.match(/\b(hoy|pasado manana|manana)\b/)?.[1];
  if (slot === null) return weekday.length + month.length === 0 && part === undefined && relative === undefined;
  const hour = Number(slot.startTime.slice(0, 2));
  if (part !== undefined && (part === "manana") !== hour < 12) return false;
  if (weekday.some((name) => WEEKDAYS.indexOf(name) + 1 !== weekdayOf(slot.date))) return false;
  if (month.some((name) => MONTHS.indexOf(name) + 1 !== Number(slot.date.slice(5, 7)))) return false;
  if (relative === undefined) return true;
  if (facts === null) return false;
  const today = localClock(new Date(facts.now), facts.organization.timezone).date;
  return slot.date === addDays(today, ["hoy", "manana", "pasado manana"].indexOf(relative));
}
