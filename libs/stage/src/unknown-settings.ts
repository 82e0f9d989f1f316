import { KNOWN_SETTINGS } from "./known-settings.ts";

/** A variable that looks like one of our settings and is none. */
export interface UnknownSetting {
  name: string;
  /** The setting that was probably meant. */
  meant: string | undefined;
}

/** First words that are ours alone: with any other, a name that is nothing like a setting of ours is somebody else's. */
const OWN = ["DEBOUNCE", "GUPSHUP", "INGEST", "NOTIFIER", "RECORDER", "SIMULATORS", "SKYTIDE"];
/** What Kubernetes and Docker put into the environment for a Service named like a stage. */
const SERVICE_LINK = /_(?:SERVICE_(?:HOST|PORT)|PORT_\d+_(?:TCP|UDP))|_PORT$|_PORT_\d/;
/** Ours and no settings of the fleet: the name of an operator, and what the example programs read. */
const OTHERS = ["SKYTIDE_OPERATOR", "SKYTIDE_API_PREFIX", "SKYTIDE_DURABLE", "SKYTIDE_STREAM"];
/** Shorter names are too easily like others. */
const SHORT = 8;

/** The variables of an environment that are probably misspelt settings; those of anybody else are none of our business. */
export function unknownSettings(env: Readonly<Record<string, string | undefined>>): UnknownSetting[] {
  const known = new Set([...KNOWN_SETTINGS, ...OTHERS]);
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value?.trim() || known.has(name) || !/^[A-Z][A-Z0-9_]*$/i.test(name)) return [];
    const meant = nearest(name);
    const isOwn = OWN.includes(firstWordOf(name)) && !SERVICE_LINK.test(name);
    return meant !== undefined || isOwn ? [{ name, meant: meant ?? relative(name) }] : [];
  });
}

/** In a sentence: what is set, and what was probably meant. */
export function sayUnknown({ name, meant }: UnknownSetting): string {
  return meant === undefined ? `${name} is no setting` : `${name} is no setting; did you mean ${meant}?`;
}

function firstWordOf(name: string): string {
  return name.toUpperCase().split("_", 1)[0] ?? "";
}

/** A setting that differs by one slip, or by two where the name is long. */
function nearest(name: string): string | undefined {
  const upper = name.toUpperCase();
  return KNOWN_SETTINGS.find((known) => {
    const slips = known.length > SHORT ? 2 : 1;
    return (
      known.length >= SHORT - 1 && Math.abs(known.length - upper.length) <= slips && distance(known, upper) <= slips
    );
  });
}

/** Of the settings with the same first word, the shortest of those that begin most like it. */
function relative(name: string): string | undefined {
  const family = KNOWN_SETTINGS.filter((known) => firstWordOf(known) === firstWordOf(name));
  return family.toSorted((a, b) => sharedStart(b, name) - sharedStart(a, name) || a.length - b.length)[0];
}

function sharedStart(a: string, b: string): number {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at < 0 ? a.length : at;
}

/** How many letters differ, are missing, too many or swapped (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
