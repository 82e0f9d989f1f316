import { InvalidArgumentError } from "commander";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?<count>\d+)(?<unit>[smhd])$/;

/** `30s`, `15m`, `2h`, `7d` in milliseconds; for commander's options. */
export function duration(text: string): number {
  const found = DURATION.exec(text)?.groups;
  const unit = UNIT_MS[found?.unit ?? ""];
  if (!found || unit === undefined)
    throw new InvalidArgumentError("Expected a number with s, m, h or d: 30s, 15m, 2h, 7d.");
  return Number(found.count) * unit;
}

/** A moment: a duration ago (`2h`) or an ISO time (`2026-11-22T03:00:00Z`); for commander's options. */
export function moment(text: string): Date {
  if (DURATION.test(text)) return new Date(Date.now() - duration(text));
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError("Expected 15m, 2h, 7d or an ISO time like 2026-11-22T03:00:00Z.");
  return at;
}

/** A day of a calendar, `2026-11-22`; for commander's options. */
export function calendarDay(text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text))
    throw new InvalidArgumentError("Expected a day like 2026-11-22.");
  return text;
}

/** A whole number of at least 1; for commander's options. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number of at least 1.");
  return value;
}

/** A phone number: digits with country code, separators are dropped; for commander's options. */
export function digits(text: string): string {
  const value = text.replaceAll(/[\s+().-]/g, "");
  if (!/^\d{8,15}$/.test(value))
    throw new InvalidArgumentError("Expected a number with country code, like 573001112233.");
  return value;
}

/** An organization's id; for commander's arguments. */
export function organizationId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new InvalidArgumentError("Expected the organization's id, a UUID.");
  }
  return text.toLowerCase();
}
