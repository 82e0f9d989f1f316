import type { Context } from "./memory.ts";

/** How long an offered hour may be booked without being asked for again, where the organization set nothing. */
const SLOT_TTL_MINUTES = 30;

/** How long the database's word on a free hour holds. */
export function slotTtlMs({ facts }: Context): number {
  return (facts?.organization.settings?.slotTtlMinutes ?? SLOT_TTL_MINUTES) * 60_000;
}

/** The organization's own words for a person, and its own messages for no more reminders. */
export function ownWords({ facts }: Context): { handoff: readonly string[]; optOut: readonly string[] } {
  const { handoffWords, optOutWords } = facts?.organization.settings ?? {};
  return { handoff: handoffWords ?? [], optOut: optOutWords ?? [] };
}
