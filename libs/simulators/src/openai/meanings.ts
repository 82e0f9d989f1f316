import { chooseSlot } from "./choose-slot.ts";
import { bestLabel, labelledChoices } from "./labels.ts";
import type { ModelRequest } from "./model-request.ts";
import type { Role } from "./roles.ts";
import { fold, words } from "./spanish/fold.ts";
import { type CustomerWords, readCustomer } from "./spanish/read-customer.ts";

/** What the customer's words come to: what they may mean, likeliest first, and every field that a tool may ask for. */
export interface Reading {
  roles: Role[];
  fields: Record<string, unknown>;
}

const ASKS_NAME = words("nombre|nombres|como te llamas|como se llama|quien (?:seria|agendo|la agendo)");
/** Treatments that people ask for; where none of the listed services matches, the customer named one that is not there. */
const TREATMENTS = words(
  "botox|toxina|lipoescultura|depilacion|laser|tatuaje|corte(?: de (?:pelo|cabello))?|tinte|unas|manicure|pedicure|masaje|lifting|peeling|ortodoncia|brackets|blanqueamiento|implante|endodoncia|liposuccion|maquillaje|cejas|pestanas|hidrafacial|limpieza|extraccion|resina|calza|carillas|rinoplastia|psicologia|vacuna|ecografia|consulta",
);

/** Reads the customer's last words against what is offered. */
export function readMeaning(request: ModelRequest): Reading {
  const asked = fold(request.agentText);
  const customer = readCustomer(request.customerText, ASKS_NAME.test(asked));
  const service = bestLabel(labelledChoices(request, /service/), request.customerText);
  const slot = chooseSlot(labelledChoices(request, /^slot/), customer, todayIn(request.context));
  const member = memberNamed(request, customer);
  const isUnknownService = service === null && TREATMENTS.test(customer.folded);
  const hasDetail = Boolean(service || member || customer.day || customer.time || customer.part || isUnknownService);
  const picksSlot = slot !== null && service === null && !isUnknownService;
  const facts = { customer, hasDetail, slot: picksSlot, isRestated: restates(customer, request.agentText) };
  return { roles: rank(facts), fields: fieldsOf(customer, { service, slot, member, isUnknownService }) };
}

/** The day that the context calls now, `Now: lunes, 23 de noviembre de 2026 …`. */
function todayIn(context: string): Date | null {
  const day = readCustomer(/^(?:Now|Today|Hoy|Ahora)\b:?(.*)$/m.exec(context)?.[1] ?? "", false).day;
  if (!day?.year || !day.month || !day.day) return null;
  return new Date(Date.UTC(day.year, day.month - 1, day.day));
}

interface Facts {
  customer: CustomerWords;
  hasDetail: boolean;
  slot: boolean;
  /** Day and hour are the ones that were just asked about. */
  isRestated: boolean;
}

/** The likeliest first; the first whose tool is offered is taken. */
function rank({ customer, hasDetail, slot, isRestated }: Facts): Role[] {
  const { wants, isOnly } = customer;
  const isYes = customer.yes !== null && !customer.hasBut && (!hasDetail || isRestated) && !customer.isQuestion;
  const asksForTime = customer.isQuestion && wants("booking") && !WISHES_OF_HOUSE.test(customer.folded);
  const asksForOther = movesTime(customer) && !wants("asking") && !wants("price");
  const isQuestion = customer.isQuestion && !asksForTime && !asksForOther && !(slot && !wants("price"));
  const bySign: [boolean, Role[]][] = [
    [customer.folded.trim() === "" || wants("injection"), ["notUnderstood"]],
    [wants("person") || wants("upset"), ["person"]],
    [(wants("cancel") || wants("move") || wants("confirmExisting")) && wants("mine"), ["change"]],
    [isOnly("smallTalk") && customer.yes === null, ["chat"]],
    [isQuestion && !isYes, ["question"]],
    [wants("stop") && !hasDetail, ["stop", "decline", "change"]],
    [wants("move") || wants("cancel") || (wants("confirmExisting") && !isYes), ["change", "stop"]],
    [slot, ["slot"]],
    [isYes, ["accept"]],
    [hasDetail, ["details"]],
    [movesTime(customer), ["otherTimes", "decline"]],
    [WISH_NO.test(customer.folded), ["decline", "stop"]],
    [customer.name !== null, ["name", "details"]],
    [wants("booking"), ["details"]],
    [isOnly("thanks"), ["goodbye"]],
    [isOnly("greeting"), ["greeting", "chat"]],
    [customer.yes !== null && !customer.hasBut, ["accept", "chat"]],
    [wants("smallTalk") || wants("greeting") || wants("thanks"), ["chat"]],
    [customer.isQuestion, ["question"]],
  ];
  const signs = bySign.flatMap(([holds, roles]) => (holds ? roles : []));
  return [...new Set<Role>([...signs, "notUnderstood", "chat", "question", "person"])];
}

/** Opening hours are a question about the business, not about a free time. */
const WISHES_OF_HOUSE = words(
  "abren|cierran|horarios? de atencion|a que hora atienden|direccion|ubicados|cuanto|precio|domingos|festivos",
);
const WISH_NO =
  /^\s*(?:no+|nop|nel|negativo|para nada|mejor no|nunca|tampoco|todavia no|aun no|ahora no|por ahora no)(?![a-z])/;

function movesTime({ wants, time, day }: CustomerWords): boolean {
  return !time && !day && (wants("earlier") || wants("later") || wants("otherDay") || wants("more"));
}

/** "Sí, el martes a las 3" after "¿el martes a las 3?" changes nothing. */
function restates(customer: CustomerWords, agentText: string): boolean {
  const asked = readCustomer(agentText, false);
  const sameHour = !customer.time || customer.time.hour % 12 === (asked.time?.hour ?? -1) % 12;
  const sameDay = !customer.day || customer.day.kind === asked.day?.kind || customer.day.weekday === asked.day?.weekday;
  return (
    sameHour &&
    sameDay &&
    customer.part === null &&
    fold(agentText).trim() !== "" &&
    Boolean(customer.time || customer.day)
  );
}

function memberNamed(request: ModelRequest, { folded }: CustomerWords) {
  const after = /(?<![a-z])(?:con|donde) (?:la |el )?(?:dra?\.? |doctora? )?(.+)/.exec(folded)?.[1];
  return after === undefined ? null : bestLabel(labelledChoices(request, /member|staff|professional/), after);
}

function directionOf({ wants }: CustomerWords): string {
  if (wants("otherDay")) return "other_day";
  if (wants("more")) return "more";
  return wants("earlier") ? "earlier" : "later";
}

function changeOf({ wants }: CustomerWords): string {
  if (wants("move")) return "move";
  return wants("confirmExisting") && !wants("cancel") ? "confirm" : "cancel";
}

interface Found {
  service: { id: string } | null;
  slot: { id: string } | null;
  member: { id: string } | null;
  isUnknownService: boolean;
}

function fieldsOf(customer: CustomerWords, found: Found): Record<string, unknown> {
  const isUpset = customer.wants("upset");
  return {
    service_id: found.service?.id ?? null,
    unknown_service: found.isUnknownService,
    member_id: found.member?.id ?? null,
    slot_id: found.slot?.id ?? null,
    day: customer.day,
    time: customer.time,
    part_of_day: customer.part,
    first_name: customer.name?.first ?? null,
    last_name: customer.name?.last ?? null,
    name: customer.name ? [customer.name.first, customer.name.last].filter(Boolean).join(" ") : null,
    evidence: customer.yes ?? customer.text,
    question: customer.text,
    service: found.service?.id ?? null,
    direction: directionOf(customer),
    change: changeOf(customer),
    reason: isUpset ? "El cliente está molesto o tiene una queja." : "El cliente pide hablar con una persona.",
    text: SMALL_TALK,
    reply: SMALL_TALK,
    message: SMALL_TALK,
  };
}

/** What the simulated model says where nothing is to be said. */
const SMALL_TALK = "¡Claro que sí! Cuéntame, ¿en qué te puedo ayudar?";
