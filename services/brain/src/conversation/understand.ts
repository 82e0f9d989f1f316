import { isPlainNo, isPlainYes } from "./evidence.ts";
import type { Booking, Heard, Proposal } from "./memory.ts";
import { serviceNamedBy } from "./services.ts";
import type { MachineEvent, Service } from "./types.ts";
import { hourWord, normalise } from "./words.ts";

const PERSON =
  /\b(asesor(a|es|as)?|humano|humana|human|advisor|agente|human agent|representative|operador(a)?|recepcionista|alguien (real|de verdad|del equipo))\b|\b(hablar|hable|habla|comunica\w*|comuniqu\w*|contact\w*|pasa\w*|pase\w*|atienda|conecta\w*|transf\w*) (\w+ ){0,3}(persona|alguien)\b|\bpersona (real|de verdad|humana|del equipo)\b|^(con )?(una )?persona( por favor)?$|\b(talk|speak|chat|connect me|put me) (\w+ ){0,3}(person|somebody|someone)\b|^(a )?(real )?person( please)?$/;
const PERSON_REFUSED =
  /\b(no|sin|ningun|ninguna|nada de|don t|without) (\w+ ){0,3}?(asesor\w*|human[oa]?|persona|person|agente|advisor)\b/;

/** True where the customer's own words ask for a person; works in every state, without a model. `own` are the organization's words for one. */
export function asksForPerson(text: string, own: readonly string[] = []): boolean {
  const words = normalise(text);
  if (PERSON_REFUSED.test(words)) return false;
  return PERSON.test(words) || own.some((word) => isWithin(normalise(word), words));
}

function isWithin(word: string, words: string): boolean {
  return word !== "" && ` ${words} `.includes(` ${word} `);
}

const OPT_OUT =
  /^((por favor|porfa) )?(stop|baja|dar(me)? de baja|unsubscribe|no (mas|quiero( recibir)?( mas)?|me (envien|envies|manden|mandes)( mas)?|envien( mas)?) (recordatorios|mensajes|notificaciones)|no me (escriban|escribas|envien|manden)( mas)?( (mensajes|recordatorios))?|(quitar?|desactivar?|cancelar?) (los|mis) recordatorios|stop reminders|no more (reminders|messages)|don t send me (any )?(more )?(reminders|messages))( por favor| porfa| please| gracias| whatsapp| por whatsapp)*$/;

/** True where the whole message ends the reminders. "Cancelar" never does: it is about an appointment, whatever an organization lists. */
function optsOut(text: string, own: readonly string[] = []): boolean {
  const words = normalise(text);
  if (OPT_OUT.test(words)) return true;
  return own.some((message) => normalise(message) === words && words !== "" && !/^cancel\w*$/.test(words));
}

const UPSET =
  /\b(pesim[oa]s?|horrible|terrible|malisim[oa]s?|estafa\w*|ladrones|incompetentes?|inutil(es)?|harto|harta|indignad[oa]|molest[oa]|furios[oa]|queja\w*|reclamo|denunci\w*|demanda\w*|mal servicio|mala atencion|que rabia|una burla|falta de respeto|awful|angry|complain\w*|complaint)\b/;

/** True where the words show that the customer is angry or complains. */
export function isUpset(text: string): boolean {
  return UPSET.test(normalise(text));
}

/** "No entiendo": the question was not clear, which is another thing than an answer that is not. */
const ASKS_BACK =
  /^(perdon |disculpa |hola )?((yo )?no (te |le |lo |les )?(entiendo|entendi|comprendo|comprendi)( (nada|bien|la pregunta|que (quieres|me dices)))?|como asi|como|que|que cosa|cual|a que te refieres|que significa eso|no se que (es eso|responder|decir)|explicame( mejor)?|me explicas|i don t (understand|get it)|what do you mean)$/;

const GREETING =
  /^(hola+|hi|hello|buenas|buenos dias|buen dia|buenas tardes|buenas noches|hey|holi|saludos|que tal|como estas?)( (hola+|buenas|buenos dias|buen dia|buenas tardes|buenas noches|que tal|como estas?|como vas|como va))*$/;
const THANKS =
  /^((muchas |mil |muchisimas )?gracias|chao|chau|adios|hasta luego|hasta pronto|nos vemos|feliz (dia|tarde|noche)|que estes bien|bye)( (muchas gracias|gracias|chao|adios|hasta luego|feliz (dia|tarde|noche)|muy amable|igualmente))*$|^(thanks|thank you( very much)?|thanks a lot|bye|goodbye)$/;

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
  /** The question of the proposal never arrived. */
  proposalUnseen: boolean;
  /** The organization's own words. */
  own: { handoff: readonly string[]; optOut: readonly string[] };
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
  also_asks: null,
} as const;

/** What the words mean where code can tell for certain, without a model; null where it cannot. */
export function understand(situation: Situation): MachineEvent | null {
  const { heard, booking, services } = situation;
  const { words } = heard;
  const [onlySlot, ...moreSlots] = booking?.slots ?? [];
  if (asksForPerson(words, situation.own.handoff)) return { type: "agent.ask_person", by: "code", reason: "asked" };
  if (heard.button === "invalid") return { type: "customer.tapped_old_button" };
  if (heard.button !== undefined) return { type: "customer.tapped_reminder", ...heard.button };
  if (heard.tap !== null) return understandTap(heard.tap, situation);
  if (heard.unread !== null && heard.text.trim() === "")
    return { type: "customer.sent_unreadable", what: heard.unread };
  if (optsOut(words, situation.own.optOut)) return { type: "customer.opted_out" };
  const plain = normalise(words);
  if (plain === "" && heard.text.trim() === heard.words.trim()) return { type: "agent.not_understood", by: "code" };
  const answer = situation.yesOrNo ? answerIn(words, situation.proposalKind) : null;
  if (answer !== null) return situation.proposalUnseen ? { type: "customer.answered_unseen" } : answer;
  if (ASKS_BACK.test(plain)) return { type: "customer.asked_back" };
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

/** A plain yes or a plain no to a question that waits for one. */
function answerIn(words: string, kind: Proposal["kind"] | null): MachineEvent | null {
  if (isPlainYes(words, kind)) return { type: "agent.accept", by: "code", evidence: words };
  return isPlainNo(words) ? { type: "agent.decline", by: "code" } : null;
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
