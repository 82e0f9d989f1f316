import { isPlainNo, isPlainYes } from "./evidence.ts";
import type { Booking, Heard, Proposal } from "./memory.ts";
import { serviceNamedBy } from "./services.ts";
import type { MachineEvent, Service } from "./types.ts";
import { hourWord, normalise } from "./words.ts";

const PERSON =
  /\b(asesor(a|es|as)?|humano|humana|agente|operador(a)?|recepcionista|alguien (real|de verdad|del equipo))\b|\b(hablar|hable|habla|comunica\w*|comuniqu\w*|contact\w*|pasa\w*|pase\w*|atienda|conecta\w*|transf\w*) (\w+ ){0,3}(persona|alguien)\b|\bpersona (real|de verdad|humana|del equipo)\b|^(con )?(una )?persona( por favor)?$/;
const PERSON_REFUSED = /\b(no|sin|ningun|ninguna|nada de) (\w+ ){0,3}?(asesor\w*|human[oa]|persona|agente)\b/;

/** True where the customer's own words ask for a person; works in every state, without a model. */
export function asksForPerson(text: string): boolean {
  const words = normalise(text);
  return PERSON.test(words) && !PERSON_REFUSED.test(words);
}

const GREETING =
  /^(hola+|buenas|buenos dias|buen dia|buenas tardes|buenas noches|hey|holi|saludos|que tal|como estas?)( (hola+|buenas|buenos dias|buen dia|buenas tardes|buenas noches|que tal|como estas?|como vas|como va))*$/;
const THANKS =
  /^((muchas |mil |muchisimas )?gracias|chao|chau|adios|hasta luego|hasta pronto|nos vemos|feliz (dia|tarde|noche)|que estes bien|bye)( (muchas gracias|gracias|chao|adios|hasta luego|feliz (dia|tarde|noche)|muy amable|igualmente))*$/;

/** What code needs to know of the snapshot to understand words by itself. */
export interface Situation {
  heard: Heard;
  booking: Booking | null;
  services: readonly Service[];
  /** The state waits for a yes or a no to this proposal. */
  yesOrNo: boolean;
  proposalId: string | null;
  proposalKind: Proposal["kind"] | null;
  choosingService: boolean;
  choosingSlot: boolean;
  /** The ids of the own appointments among which the customer is asked to choose, as listed; empty where none is asked for. */
  appointments: readonly string[];
  /** Set when nothing of the burst could be read. */
  unreadable: "audio" | "file" | null;
}

const nothingSaid = {
  service_id: null,
  unknown_service: false,
  member_id: null,
  day: null,
  time: null,
  part_of_day: null,
  first_name: null,
  last_name: null,
} as const;

/** What the words mean where code can tell for certain, without a model; null where it cannot. */
export function understand(situation: Situation): MachineEvent | null {
  const { heard, booking, services, unreadable } = situation;
  const { words } = heard;
  const [onlySlot, ...moreSlots] = booking?.slots ?? [];
  if (asksForPerson(words)) return { type: "agent.ask_person", by: "code", reason: "asked" };
  if (heard.tap !== null) return understandTap(heard.tap, situation);
  if (unreadable !== null) return { type: "customer.sent_unreadable", what: unreadable };
  const plain = normalise(words);
  if (plain === "" && heard.text.trim() === heard.words.trim()) return { type: "agent.not_understood", by: "code" };
  if (situation.yesOrNo && isPlainYes(words, situation.proposalKind))
    return { type: "agent.accept", by: "code", evidence: words };
  if (situation.yesOrNo && isPlainNo(words)) return { type: "agent.decline", by: "code" };
  if (situation.choosingSlot && booking !== null) {
    const agreed = onlySlot !== undefined && moreSlots.length === 0 && isPlainYes(words);
    const slot = agreed ? onlySlot.id : slotMeant(booking, plain);
    if (slot !== null) return { type: "agent.choose_slot", by: "code", slot_id: slot };
  }
  const [appointment, ...others] = byPosition(situation.appointments, picked(plain));
  if (appointment !== undefined && others.length === 0)
    return { type: "agent.choose_appointment", by: "code", appointment_id: appointment };
  if (situation.choosingService) {
    const service = serviceNamedBy(services, words);
    if (service !== null) return { type: "agent.book", by: "code", ...nothingSaid, service_id: service.id };
  }
  if (GREETING.test(plain)) return { type: "agent.greet", by: "code" };
  if (THANKS.test(plain)) return { type: "agent.say_goodbye", by: "code" };
  return null;
}

/** A tap means what its payload says, if that still stands; a button of an earlier question means nothing. */
function understandTap(payload: string, { booking, services, heard, proposalId }: Situation): MachineEvent | null {
  const [kind, id = ""] = splitOnce(payload);
  switch (kind) {
    case "yes":
      return { type: "agent.accept", by: "code", evidence: heard.words };
    case "no":
      return id === proposalId ? { type: "agent.decline", by: "code" } : { type: "customer.tapped_old_button" };
    case "slot":
      return { type: "agent.choose_slot", by: "code", slot_id: id };
    case "appointment":
      return { type: "agent.choose_appointment", by: "code", appointment_id: id };
    case "times":
      return { type: "agent.other_times", by: "code", direction: "more" };
    case "service":
      return services.some((service) => service.id === id)
        ? { type: "agent.book", by: "code", ...nothingSaid, service_id: id }
        : { type: "customer.tapped_old_button" };
    case "day":
      return booking?.dayReadings.includes(id)
        ? { type: "agent.book", by: "code", ...nothingSaid, day: dateParts(id) }
        : { type: "customer.tapped_old_button" };
    default:
      return { type: "customer.tapped_old_button" };
  }
}

function splitOnce(payload: string): [string, string | undefined] {
  const colon = payload.indexOf(":");
  return colon < 0 ? [payload, undefined] : [payload.slice(0, colon), payload.slice(colon + 1)];
}

function dateParts(date: string) {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  return { kind: "date", weekday: null, which: null, day, month, year, number: null } as const;
}

const ORDINALS = ["primer[oa]?", "segund[oa]", "tercer[oa]?", "cuart[oa]", "quint[oa]"];

/** The one offered slot that a number, an ordinal or an hour names; null when none or several fit. */
function slotMeant({ slots }: Booking, plain: string): string | null {
  const words = picked(plain);
  const fitting = new Set([...byPosition(slots, words), ...byHour(slots, words)].map(({ id }) => id));
  const [only] = fitting;
  return fitting.size === 1 ? (only ?? null) : null;
}

/** What is left of a pick without its politeness. */
function picked(plain: string): string {
  return plain
    .replace(/\b(si|por favor|porfa|gracias|quiero|prefiero|mejor|esta bien|me sirve|listo|dale|entonces)\b/g, " ")
    .trim();
}

function byPosition<Item>(items: readonly Item[], words: string): Item[] {
  const number = /^(?:(?:la|el|opcion|la opcion|numero|el numero) )?(\d)$/.exec(words)?.[1];
  const ordinal = ORDINALS.findIndex((word) =>
    new RegExp(`^(?:(?:la|el|opcion|la opcion) )?${word}(?: opcion)?$`).test(words),
  );
  const position = /^(?:la|el) ultim[oa]$/.test(words) ? items.length - 1 : number ? Number(number) - 1 : ordinal;
  return items.filter((_, index) => index === position);
}

const HOUR =
  /^(?:(?:a|para|la de|el de) )?(?:las? )?(?<hour>\d{1,2}|[a-z]+)(?::(?<minute>\d{2})| y (?<fraction>media|cuarto))? ?(?<half>am|pm|(?:de|por) la (?:manana|tarde|noche))?$/;

function byHour(slots: Booking["slots"], words: string): Booking["slots"] {
  const { hour, minute, fraction, half } = HOUR.exec(words)?.groups ?? {};
  const value = hour === undefined ? undefined : hourWord(hour);
  if (value === undefined) return [];
  const minutes = minute === undefined ? ({ media: 30, cuarto: 15 }[fraction ?? ""] ?? 0) : Number(minute);
  return slots.filter(({ startTime }) => {
    const [slotHour = -1, slotMinute = -1] = startTime.split(":").map(Number);
    if (slotMinute !== minutes) return false;
    if (half !== undefined && /am|manana/.test(half) !== slotHour < 12) return false;
    return slotHour === value || (value <= 12 && slotHour % 12 === value % 12);
  });
}
