import { asksOfHouse } from "./rank-roles.ts";
import { readCustomer } from "./spanish/read-customer.ts";

/** Where one thing that a customer says ends and the next begins. */
const CLAUSE = /(?<=[.!?\n])\s+|\s+(?=¿)/u;

/** A message that wishes an appointment and asks about the business, taken apart; null where it does only one of them. */
export function wishAndQuestion(text: string): { wish: string; question: string } | null {
  const clauses = text.split(CLAUSE).filter((clause) => clause.trim() !== "");
  const [asked, rest] = [clauses.filter(isAsked), clauses.filter((clause) => !isAsked(clause))];
  const wishes = rest.some((clause) => isWished(clause));
  return asked.length > 0 && wishes ? { wish: rest.join(" "), question: asked.join(" ") } : null;
}

function isAsked(clause: string): boolean {
  return clause.includes("?") && asksOfHouse(readCustomer(clause, false));
}

function isWished(clause: string): boolean {
  const { wants, day, time } = readCustomer(clause, false);
  return wants("booking") || wants("move") || (wants("wanting") && (day !== null || time !== null));
}
