import { type CustomerWords, readCustomer } from "./spanish/read-customer.ts";

/** "Mi cita del martes | para el jueves a las 3": what stands behind is where it shall be moved. */
const TO = /\s(?:para|pa|al|a la|a las)\s(?:el\s|la\s|las\s)?/iu;
/** Without a "para", a day behind these is the one on which it is. */
const IS_NOW = /\b(?:cita|reserva|turno|la|el)\s(?:del|de)\b/iu;

/** What a customer says about an appointment that exists: what to do, when it is, and to when it shall be moved. */
export function readChange(customer: CustomerWords): Record<string, unknown> {
  const change = changeOf(customer);
  const [now, then] = change === "move" ? splitMove(customer) : [customer, null];
  return {
    change,
    day: now?.day ?? null,
    time: now?.time ?? null,
    new_day: then?.day ?? null,
    new_time: then?.time ?? null,
    new_part_of_day: then?.part ?? null,
  };
}

function changeOf({ wants }: CustomerWords): "cancel" | "move" | "confirm" {
  if (wants("move")) return "move";
  return wants("confirmExisting") && !wants("cancel") ? "confirm" : "cancel";
}

function splitMove(customer: CustomerWords): [now: CustomerWords | null, then: CustomerWords | null] {
  const { text } = customer;
  const split = TO.exec(text);
  if (split === null) return IS_NOW.test(text) ? [customer, null] : [null, customer];
  const before = readCustomer(text.slice(0, split.index), false);
  return [before, readCustomer(text.slice(split.index + 1), false)];
}
