import type { Context } from "./memory.ts";
import type { Service } from "./types.ts";
import { normalise } from "./words.ts";

/** The service of an id, if the organization has it today. */
export function serviceOf(context: Context, id: string | null): Service | null {
  return context.facts?.services.find((service) => service.id === id) ?? null;
}

/** The services that can be offered for booking: bookable, or booked by way of their assessment. */
export function bookableServices(context: Context): Service[] {
  return context.facts?.services.filter(({ isBookable }) => isBookable) ?? [];
}

/** True where this customer has to come for an assessment before the service can be booked. */
export function needsAssessment(service: Service | null): boolean {
  return service !== null && (service.needsAssessment ?? service.requiresAssessment);
}

/** How a proposed service stands to the customer's words. */
export type Recognition = { kind: "certain"; id: string } | { kind: "unsure"; guesses: string[] };

const MIN_TOKEN = 4;
const STEM = 5;

/**
 * Checks a service that somebody proposed against what the customer really wrote, so that none is guessed: certain when it was
 * tapped, is the topic, or is the only one that the words name best; otherwise the customer is asked.
 */
export function recogniseService(context: Context, id: string): Recognition {
  if (context.heard?.tap === `service:${id}` || context.booking?.serviceId === id) return { kind: "certain", id };
  const named = servicesNamed(context);
  if (named.length === 0) return context.topic === id ? { kind: "certain", id } : { kind: "unsure", guesses: [id] };
  if (named.length === 1 && named[0] === id) return { kind: "certain", id };
  return { kind: "unsure", guesses: named.includes(id) ? named : [id] };
}

/** The services that the customer's words name best: none, one, or several that they fit equally. */
export function servicesNamed(context: Context): string[] {
  const scores = scoreServices(context.facts?.services ?? [], context.heard?.words ?? "");
  const best = Math.max(0, ...scores.values());
  return best === 0 ? [] : [...scores].filter(([, score]) => score === best).map(([id]) => id);
}

/** True where the words name a service, and it is not this one. */
export function namesAnotherService(context: Context, id: string | null): boolean {
  const named = servicesNamed(context);
  return id !== null && named.length > 0 && !named.includes(id);
}

/** The one service whose whole name is the message, or null. */
export function serviceNamedBy(services: readonly Service[], text: string): Service | null {
  const words = normalise(text);
  const named = services.filter(({ name }) => normalise(name) === words);
  return named.length === 1 ? (named[0] ?? null) : null;
}

function scoreServices(services: readonly Service[], text: string): Map<string, number> {
  const said = tokensOf(text);
  return new Map(
    services.map(({ id, name }) => {
      const tokens = tokensOf(name);
      const hits = tokens.filter((token) => said.some((word) => sameStem(word, token))).length;
      // A name said whole beats a longer name of which a part was said.
      return [id, hits === 0 ? 0 : hits + hits / (tokens.length + 1)];
    }),
  );
}

function tokensOf(text: string): string[] {
  return normalise(text)
    .split(" ")
    .filter((token) => token.length >= MIN_TOKEN);
}

function sameStem(a: string, b: string): boolean {
  return a === b || (a.length >= STEM && b.length >= STEM && a.slice(0, STEM) === b.slice(0, STEM));
}
