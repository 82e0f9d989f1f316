/** Why the database refuses a start that was free when it was offered. */
export const SLOT_GONE: ReadonlySet<string> = new Set(["slot_taken", "outside_hours", "too_soon", "too_far"]);
