import type { Role } from "./roles.ts";
import { words } from "./spanish/fold.ts";
import type { CustomerWords } from "./spanish/read-customer.ts";

/** What of a customer's words the ranking looks at. */
export interface Facts {
  customer: CustomerWords;
  hasDetail: boolean;
  slot: boolean;
  /** One of the own appointments is picked, and it was asked which. */
  appointment: boolean;
  /** Day and hour are the ones that were just asked about. */
  isRestated: boolean;
  /** The business has asked something. */
  isAsked: boolean;
}

/** The likeliest first; the first whose tool is offered is taken. */
export function rankRoles({ customer, hasDetail, slot, appointment, isRestated, isAsked }: Facts): Role[] {
  const { wants, isOnly } = customer;
  const isYes = customer.yes !== null && !customer.hasBut && (!hasDetail || isRestated) && !customer.isQuestion;
  const asksForOther = movesTime(customer) && !wants("asking") && !wants("price");
  const isQuestion = asksOfHouse(customer) && !asksForOther && !(slot && !wants("price"));
  const bySign: [boolean, Role[]][] = [
    [customer.folded.trim() === "" || wants("injection"), ["notUnderstood"]],
    [wants("person") || wants("upset"), ["person"]],
    [appointment, ["appointment"]],
    [(wants("cancel") || wants("move") || wants("confirmExisting")) && wants("mine"), ["change"]],
    [PICTURE.test(customer.text) || (isOnly("smallTalk") && customer.yes === null), ["chat"]],
    [isQuestion && !isYes, ["question"]],
    [wants("stop") && !hasDetail, wants("cancel") ? ["stop", "change"] : ["stop", "decline", "goodbye"]],
    [wants("move") || wants("cancel") || (wants("confirmExisting") && !isYes), ["change", "stop"]],
    [isYes, ["accept"]],
    [slot, ["slot"]],
    [hasDetail, ["details"]],
    [movesTime(customer), ["otherTimes", "decline"]],
    [WISH_NO.test(customer.folded), ["decline", "stop"]],
    [customer.name !== null, ["name", "details"]],
    [wants("booking"), ["details"]],
    [isOnly("thanks"), ["goodbye"]],
    [isOnly("greeting"), ["greeting", "chat"]],
    // A yes to "which day?" answers nothing.
    [customer.yes !== null && !customer.hasBut, isAsked ? ["accept", "notUnderstood"] : ["accept", "chat"]],
    [wants("smallTalk") || wants("greeting") || wants("thanks"), ["chat"]],
    [customer.isQuestion, ["question"]],
  ];
  const signs = bySign.flatMap(([holds, roles]) => (holds ? roles : []));
  return [...new Set<Role>([...signs, "notUnderstood", "chat", "question", "person"])];
}

/** A question about the business, and not whether a time is free. */
export function asksOfHouse({ isQuestion, wants, folded }: CustomerWords): boolean {
  return isQuestion && (!wants("booking") || WISHES_OF_HOUSE.test(folded));
}

/** Opening hours are a question about the business, not about a free time. */
const WISHES_OF_HOUSE = words(
  "abren|cierran|horarios? de atencion|a que hora atienden|direccion|ubicados|cuanto|precio|domingos|festivos",
);
/** How descriptions of pictures begin: the customer said nothing, and shows something. */
const PICTURE = /^(?:Un dibujo|Una imagen|Una foto|Un comprobante|La imagen|Se ve)\b/;
const WISH_NO =
  /^\s*(?:no+|nop|nel|negativo|para nada|mejor no|nunca|tampoco|todavia no|aun no|ahora no|por ahora no)(?![a-z])/;

function movesTime({ wants, time, day }: CustomerWords): boolean {
  return !time && !day && (wants("earlier") || wants("later") || wants("otherDay") || wants("more"));
}
