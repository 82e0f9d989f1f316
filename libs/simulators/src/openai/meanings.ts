import { readChange } from "./changes.ts";
import { chooseSlot, placeIn } from "./choose-slot.ts";
import { bestLabel, type Labelled, labelledChoices } from "./labels.ts";
import type { ModelRequest } from "./model-request.ts";
import { rankRoles } from "./rank-roles.ts";
import type { Role } from "./roles.ts";
import { fold, words } from "./spanish/fold.ts";
import { type CustomerWords, readCustomer } from "./spanish/read-customer.ts";
import { unnamedAspects } from "./spanish/tokens.ts";
import { wishAndQuestion } from "./wish-and-question.ts";

/** What the customer's words come to: what they may mean, likeliest first, and every field that a tool may ask for. */
export interface Reading {
  roles: Role[];
  fields: Record<string, unknown>;
  /** What a tool that changes an appointment is told instead: when it is, and when it shall be. */
  change: Record<string, unknown>;
}

const ASKS_NAME = words(
  "nombre|nombres|first and last name|como te llamas|como se llama|quien (?:seria|agendo|la agendo)",
);
/** Treatments that people ask for; where none of the listed services matches, the customer named one that is not there. */
const TREATMENTS = words(
  "botox|toxina|lipoescultura|depilacion|laser|tatuaje|corte(?: de (?:pelo|cabello))?|tinte|unas|manicure|pedicure|masaje|lifting|peeling|ortodoncia|brackets|blanqueamiento|implante|endodoncia|liposuccion|maquillaje|cejas|pestanas|hidrafacial|limpieza|extraccion|resina|calza|carillas|rinoplastia|psicologia|vacuna|ecografia|consulta",
);

/** How the context says that it was asked which of the customer's appointments is meant. */
const WHICH_APPOINTMENT = /which of the own appointments|cu[aá]l de (?:tus|sus) citas/i;

/** Reads the customer's last words against what is offered. */
export function readMeaning(request: ModelRequest): Reading {
  const both = wishAndQuestion(request.customerText);
  const customer = readCustomer(both?.wish ?? request.customerText, ASKS_NAME.test(fold(askedLast(request))));
  const asked = both && bestLabel(labelledChoices(request, /service/), readCustomer(both.question, false).rest);
  const service = asked ?? serviceNamed(request, customer);
  const goesOn = service === null && customer.isQuestion && /^\W*y /.test(customer.folded);
  const talkedOf = goesOn ? talkedOfBefore(request) : null;
  const slot = chooseSlot(labelledChoices(request, /^slot/), customer, todayIn(request.context));
  const member = memberNamed(request, customer);
  const isUnknownService = service === null && TREATMENTS.test(customer.folded);
  const hasDetail = Boolean(service || member || customer.day || customer.time || customer.part || isUnknownService);
  const appointment = chooseSlot(labelledChoices(request, /^appointment/), customer, todayIn(request.context));
  const picksSlot = slot !== null && service === null && !isUnknownService;
  const facts = {
    customer,
    hasDetail,
    slot: picksSlot,
    appointment: appointment !== null && WHICH_APPOINTMENT.test(askedLast(request)),
    isRestated: restates(customer, request.agentText),
    isAsked: request.agentText.includes("?"),
  };
  const found = { service, slot, appointment, member, isUnknownService, talkedOf, alsoAsks: both?.question ?? null };
  return { roles: rankRoles(facts), fields: fieldsOf(customer, found), change: readChange(customer) };
}

/** The question that the context names, `Asked last: …`, else the business's last words. */
function askedLast({ context, agentText }: ModelRequest): string {
  return /^(?:Asked last|Asked|Pregunta):(.*)$/m.exec(context)?.[1] ?? agentText;
}

/** The service in the words; "la primera" of a list that was shown; or, for a wish without one, the service that was talked of before. */
function serviceNamed(request: ModelRequest, { rest, folded, wants, isQuestion }: CustomerWords): Labelled | null {
  const services = labelledChoices(request, /service/);
  const named = bestLabel(services, rest);
  if (named) return named;
  const rows = [...request.agentText.matchAll(/^- (.+)$/gm)].map(([_, title = ""]) => title);
  const picked = rows[placeIn(folded, rows.length)];
  if (picked !== undefined) return bestLabel(services, picked);
  if (!wants("booking") || wants("stop") || isQuestion || TREATMENTS.test(folded)) return null;
  return talkedOfBefore(request);
}

function talkedOfBefore(request: ModelRequest): Labelled | null {
  const services = labelledChoices(request, /service/);
  const before = request.earlier.findLast((line) => bestLabel(services, line));
  return before === undefined ? null : bestLabel(services, before);
}

/** The day that the context calls now, `Now: lunes, 23 de noviembre de 2026 …`. */
function todayIn(context: string): Date | null {
  const day = readCustomer(/^(?:Now|Today|Hoy|Ahora)\b:?(.*)$/m.exec(context)?.[1] ?? "", false).day;
  if (!day?.year || !day.month || !day.day) return null;
  return new Date(Date.UTC(day.year, day.month - 1, day.day));
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

/** A question that stands by itself: what it asks about, and the service that "y cuánto dura" goes on about. */
function completed({ text }: CustomerWords, talkedOf: Labelled | null): string {
  const missing = [...unnamedAspects(text), ...(talkedOf ? [talkedOf.label.replace(/\s*\(.*$/, "")] : [])];
  return missing.length === 0 ? text : `${text} (${missing.join(", ")})`;
}

interface Found {
  /** The service of an earlier message that a question goes on about. */
  talkedOf: Labelled | null;
  service: { id: string } | null;
  slot: { id: string } | null;
  appointment: { id: string } | null;
  member: { id: string } | null;
  isUnknownService: boolean;
  /** The question beside a wish. */
  alsoAsks: string | null;
}

function fieldsOf(customer: CustomerWords, found: Found): Record<string, unknown> {
  const isUpset = customer.wants("upset");
  return {
    service_id: found.service?.id ?? null,
    unknown_service: found.isUnknownService,
    member_id: found.member?.id ?? null,
    slot_id: found.slot?.id ?? null,
    appointment_id: found.appointment?.id ?? null,
    day: customer.day,
    time: customer.time,
    part_of_day: customer.part,
    first_name: customer.name?.first ?? null,
    last_name: customer.name?.last ?? null,
    name: customer.name ? [customer.name.first, customer.name.last].filter(Boolean).join(" ") : null,
    evidence: customer.yes ?? customer.text,
    question: completed(customer, found.talkedOf),
    also_asks: found.alsoAsks,
    service: found.service?.id ?? null,
    direction: directionOf(customer),
    reason: isUpset ? "El cliente está molesto o tiene una queja." : "El cliente pide hablar con una persona.",
    text: SMALL_TALK,
    reply: SMALL_TALK,
    message: SMALL_TALK,
  };
}

/** What the simulated model says where nothing is to be said. */
const SMALL_TALK = "¡Con gusto! Cuéntame, ¿en qué te puedo ayudar?";
