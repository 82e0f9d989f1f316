import type { Labelled } from "./labels.ts";
import { fold, words } from "./spanish/fold.ts";
import { type CustomerWords, readCustomer } from "./spanish/read-customer.ts";

const ORDINALS: readonly RegExp[] = [
  words("(?:la|el|lo) primer[oa]?|opcion (?:1|una|uno)|la 1|1|numero 1|primera"),
  words("(?:la|el) segund[oa]|opcion (?:2|dos)|la 2|2|numero 2|segunda"),
  words("(?:la|el) tercer[oa]?|opcion (?:3|tres)|la 3|3|numero 3|tercera"),
  words("(?:la|el) cuart[oa]|opcion (?:4|cuatro)|la 4|4|numero 4|cuarta"),
  words("(?:la|el) quint[oa]|opcion (?:5|cinco)|la 5|5|numero 5|quinta"),
];
const LAST = words("(?:la|el) ultim[oa]|ultima");

/** The offered time that the customer picks: by hour and day, by who attends, or by its place in the list; null where none or several fit. */
export function chooseSlot(slots: readonly Labelled[], customer: CustomerWords, today: Date | null): Labelled | null {
  const fitting = slots.filter((slot) => fits(slot, customer, today));
  if (customer.time?.relation === "at" || customer.day) {
    if (fitting.length === 1) return fitting[0] ?? null;
    // "A las 3" in a list without a 3 may still be the third one said carelessly, but guessing books wrongly.
    if (fitting.length === 0 || customer.time) return null;
  }
  const named = slots.filter(({ label }) => namesMember(label, customer.folded));
  if (named.length === 1) return named[0] ?? null;
  return (
    (customer.day === null && customer.time === null ? slots[placeIn(customer.folded, slots.length)] : undefined) ??
    null
  );
}

/** Which place of a list the words name, from 0; -1 where they name none. */
export function placeIn(folded: string, count: number): number {
  return LAST.test(folded) ? count - 1 : ORDINALS.findIndex((ordinal) => ordinal.test(folded));
}

function fits({ label }: Labelled, { time, day, part }: CustomerWords, today: Date | null): boolean {
  const slot = readCustomer(label, false);
  if (time && time.relation !== "at") return false;
  if (time && !sameHour(time, slot.time, part)) return false;
  if (day?.weekday && slot.day?.weekday && day.weekday !== slot.day.weekday) return false;
  if (day?.day && slot.day?.day && day.day !== slot.day.day) return false;
  const ahead = DAYS_AHEAD[day?.kind ?? ""];
  if (ahead !== undefined) return isDaysAhead(slot.day, ahead, today);
  return day === null || day.weekday !== null || day.day !== null;
}

const DAYS_AHEAD: Readonly<Record<string, number>> = { today: 0, tomorrow: 1, day_after: 2 };

function isDaysAhead(offered: CustomerWords["day"], ahead: number, today: Date | null): boolean {
  if (today === null) return false;
  const meant = new Date(today.getTime() + ahead * 86_400_000);
  return offered?.day === meant.getUTCDate() && (offered.month ?? meant.getUTCMonth() + 1) === meant.getUTCMonth() + 1;
}

function sameHour(
  said: NonNullable<CustomerWords["time"]>,
  offered: CustomerWords["time"],
  part: CustomerWords["part"],
): boolean {
  if (!offered || (said.minute ?? 0) !== (offered.minute ?? 0)) return false;
  const half =
    said.meridiem === "unknown" && part ? (part === "morning" || part === "early" ? "am" : "pm") : said.meridiem;
  const hour = half === "pm" && said.hour < 12 ? said.hour + 12 : said.hour;
  const offeredHour = offered.meridiem === "pm" && offered.hour < 12 ? offered.hour + 12 : offered.hour;
  return half === "unknown" && said.hour <= 12 ? offeredHour % 12 === hour % 12 : offeredHour === hour;
}

/** A name in the label (a word with a capital letter after "con") that the customer repeats. */
function namesMember(label: string, folded: string): boolean {
  const names = [...label.matchAll(/con (?:la |el )?(?:Dra?\.? )?(\p{Lu}\p{L}+)/gu)].map((match) =>
    fold(match[1] ?? ""),
  );
  return names.some((name) => words(name).test(folded));
}
