import type { ReminderAction } from "@skytide/events";
import type { ReminderFacts } from "./reminder-types.ts";

/** The buttons of the template, in the order in which it is registered (docs/reminders.md). */
export const REMINDER_BUTTONS: readonly { action: ReminderAction; title: string }[] = [
  { action: "confirm", title: "Confirmo" },
  { action: "move", title: "Reprogramar" },
  { action: "cancel", title: "Cancelar" },
];

type Facts = Pick<
  ReminderFacts,
  "firstName" | "organizationName" | "serviceName" | "memberName" | "startsAt" | "timezone" | "locale"
>;

/** The template's parameters in order: the customer's first name, the business, the appointment, when it is. */
export function toReminderParameters(facts: Facts): string[] {
  const { firstName, organizationName, serviceName, memberName } = facts;
  const what = `${serviceName ?? "Cita"}${memberName === null ? "" : ` con ${memberName}`}`;
  return [firstName?.trim() || "de nuevo", organizationName, what, formatWhen(facts)];
}

/** What the customer reads, in the words of the template that we propose: for the record and the agent's memory. */
export function toReminderText([name = "", business = "", what = "", when = ""]: readonly string[]): string {
  return `Hola ${name}, te recordamos tu cita en ${business}:\n${what}\n${when}\n¿Nos confirmas tu asistencia?`;
}

function formatWhen({ startsAt, timezone: timeZone, locale }: Facts): string {
  const at = new Date(startsAt);
  const day = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long", day: "numeric", month: "long" }).format(at);
  const hour = new Intl.DateTimeFormat(locale, { timeZone, hour: "numeric", minute: "2-digit" }).format(at);
  return `${day}, ${hour}`.replaceAll(/\s+/g, " ");
}
