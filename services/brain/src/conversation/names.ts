import type { Payload } from "./decisions.ts";
import type { Booking, Context } from "./memory.ts";
import { normalise } from "./words.ts";

/** A name counts only when the customer wrote it. */
export function isNameInWords(context: Context, name: string): boolean {
  const said = context.heard?.words ?? "";
  const words = normalise(said).split(" ");
  const parts = normalise(name).split(" ");
  // A name in another script has no Latin letters to compare.
  if (parts.join("") === "") return name.trim() !== "" && said.includes(name.trim());
  return parts.every((part) => part !== "" && !/\d/.test(part) && words.includes(part));
}

/** The name in a payload, as far as the customer wrote it. */
export function nameFrom(
  context: Context,
  details: { first_name: string | null; last_name: string | null },
): Booking["name"] {
  if (details.first_name === null || !isNameInWords(context, details.first_name)) return null;
  const last = details.last_name !== null && isNameInWords(context, details.last_name) ? details.last_name : null;
  return { first: tidyName(details.first_name), last: last === null ? null : tidyName(last) };
}

function tidyName(name: string): string {
  return name
    .trim()
    .split(/\s+/)
    .map((part) => part.charAt(0).toLocaleUpperCase("es") + part.slice(1).toLocaleLowerCase("es"))
    .join(" ");
}

/** The booking with the name that the customer gave. */
export function withName(context: Context, details: Payload<"give_name">): Booking | null {
  return context.booking && { ...context.booking, name: nameFrom(context, details) };
}
