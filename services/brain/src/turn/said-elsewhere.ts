import type { StateCommitted } from "@skytide/events";
import { cutLine } from "./history.ts";

type History = StateCommitted["data"]["history"];

/** A line that no turn wrote: of staff, or of a reminder. */
export interface LineElsewhere {
  role: "agent" | "staff";
  text: string;
  /** ISO. */
  at: string;
}

/** How far back a conversation without history is looked at. */
const FIRST_LOOK_MS = 2 * 24 * 60 * 60_000;

/** Since when lines written elsewhere belong into this history: older ones were dropped from it already. */
export function elsewhereSince(history: History, now: Date): string {
  return history[0]?.at ?? new Date(now.getTime() - FIRST_LOOK_MS).toISOString();
}

/** The history with what was said elsewhere, each line once, in the order of their times. */
export function withElsewhere(history: History, elsewhere: readonly LineElsewhere[]): History {
  const known = new Set(history.map(keyOf));
  const added = elsewhere.map(cutLine).filter((line) => line.text !== "" && !known.has(keyOf(line)));
  if (added.length === 0) return history;
  return [...history, ...added].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** True where a reminder was the last thing that the customer read: a bare "sí" is not to what the agent had asked before it. */
export function isOvertaken(history: History, elsewhere: readonly LineElsewhere[]): boolean {
  const asked = history.findLast(({ role }) => role === "agent");
  if (asked === undefined) return false;
  const known = new Set(history.map(keyOf));
  return elsewhere.some((line) => {
    const isNew = !known.has(keyOf(cutLine(line)));
    return isNew && line.role === "agent" && Date.parse(line.at) > Date.parse(asked.at);
  });
}

/** A reminder is known by its words: its place on the log and in the database have different times. */
function keyOf({ role, text, at }: History[number]): string {
  return role === "agent" ? `${role} ${text}` : [role, at, text].join(" ");
}
