import type { BegunTurn } from "./turn-types.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** WhatsApp takes free words for 24 hours after the customer's last; some of them are kept for the way. */
const WINDOW_MS = (24 * 60 - 15) * MINUTE_MS;

type Organization = BegunTurn["organization"];

/**
 * When an unanswered proposal is asked about: so long after it as the organization set, after its quiet hours, and inside the
 * window in which free words still reach the customer. Null where there is no such moment.
 */
export function nudgeAt(organization: Organization, from: Date, lastHeardAt: Date): Date | null {
  const { nudgeMinutes = null } = organization.settings;
  if (nudgeMinutes === null) return null;
  const at = afterQuietHours(organization, new Date(from.getTime() + nudgeMinutes * MINUTE_MS));
  return at.getTime() - lastHeardAt.getTime() < WINDOW_MS ? at : null;
}

/** That moment, or the end of the quiet hours that it lies in. */
export function afterQuietHours({ settings, timezone }: Organization, at: Date): Date {
  const { quietHoursStart = null, quietHoursEnd = null } = settings;
  if (quietHoursStart === null || quietHoursEnd === null) return at;
  const [start, end, now] = [minutesOf(quietHoursStart), minutesOf(quietHoursEnd), localMinute(at, timezone)];
  const isQuiet = start <= end ? now >= start && now < end : now >= start || now < end;
  return isQuiet ? new Date(at.getTime() + ((end - now + DAY_MINUTES) % DAY_MINUTES) * MINUTE_MS) : at;
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

function localMinute(at: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return minutesOf(format.format(at));
}
