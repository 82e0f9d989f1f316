import { isDeepStrictEqual } from "node:util";
import type { Drift } from "./provision-types.ts";

type Config = Readonly<Record<string, unknown>>;

/** Fields that the server can never change, or not without a new stream or consumer. */
const FIXED: readonly string[] = ["storage", "retention", "deliver_policy", "ack_policy", "durable_name", "name"];
/** Limits whose lowering deletes messages. */
const LIMITS: readonly string[] = ["max_age", "max_bytes", "max_msgs", "max_msgs_per_subject"];

/** What a wanted configuration and the server's differ in. */
export function driftOf(kind: Drift["kind"], name: string, wanted: Config, found: Config): Drift[] {
  return Object.keys(wanted).flatMap((field) => {
    const want = comparable(wanted[field]);
    const have = comparable(foundValue(field, found, want));
    return isDeepStrictEqual(want, have) ? [] : [{ kind, name, field, wanted: want, found: have, applied: false }];
  });
}

/** True when correcting the difference can lose no message. */
export function isSafe({ field, wanted, found }: Drift): boolean {
  if (FIXED.includes(field)) return false;
  if (LIMITS.includes(field)) return isUnlimited(wanted) || (!isUnlimited(found) && Number(wanted) >= Number(found));
  if (field === "subjects" && Array.isArray(wanted) && Array.isArray(found)) {
    return found.every((subject) => wanted.includes(subject));
  }
  return true;
}

function isUnlimited(limit: unknown): boolean {
  return typeof limit !== "number" || limit <= 0;
}

/** The server leaves out what is false or zero, and writes a single filter on its own. */
function foundValue(field: string, found: Config, wanted: unknown): unknown {
  if (found[field] !== undefined) return found[field];
  if (field === "filter_subjects") return found.filter_subject === undefined ? [] : [found.filter_subject];
  return typeof wanted === "boolean" ? false : typeof wanted === "number" ? 0 : undefined;
}

function comparable(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
