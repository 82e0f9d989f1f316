import type { OutgoingMessage } from "@skytide/events";
import type { Slot } from "../memory.ts";
import type { Service } from "../types.ts";
import { type Format, shorten } from "./format.ts";
import { BUTTON_TITLE, MAX_ROWS, ROW_DESCRIPTION, ROW_TITLE } from "./messages.ts";

/** How questions with choices are laid out on WhatsApp; the words come from a language's file. */

/** An appointment as it is shown. */
export interface ShownAppointment {
  serviceName: string | null;
  memberName: string | null;
  date: string;
  startTime: string;
}

/** A list of services. */
export function serviceList(
  words: { text: string; button: string },
  services: readonly Service[],
  format: Format,
): OutgoingMessage {
  const rows = services.slice(0, MAX_ROWS).map((service) => ({
    title: shorten(service.name, ROW_TITLE),
    payload: `service:${service.id}`,
    description: shorten(`${service.name} · ${format.details(service)}`, ROW_DESCRIPTION),
  }));
  return { kind: "list", ...words, rows };
}

/** Two or three dates as buttons. */
export function dayButtons(text: string, dates: readonly string[], format: Format): OutgoingMessage {
  const buttons = dates.slice(0, 3).map((date) => ({
    title: shorten(format.shortDate(date), BUTTON_TITLE),
    payload: `day:${date}`,
  }));
  return { kind: "buttons", text, buttons };
}

interface SlotWords {
  /** "Para Limpieza facial el martes tengo:"; the date is null where the times are of several days. */
  intro(date: string | null): string;
  ask: string;
  button: string;
  /** The row for "none of these". */
  more: string;
  with(member: string): string;
}

/** Numbered times, with buttons where they are few and of one day, else as a list. */
export function slotChoice(words: SlotWords, slots: readonly Slot[], format: Format): OutgoingMessage {
  const oneDay = new Set(slots.map(({ date }) => date)).size === 1;
  const when = (slot: Slot, joint: string) =>
    oneDay ? format.time(slot.startTime) : `${format.shortDate(slot.date)}${joint}${format.time(slot.startTime)}`;
  const lines = slots.map((slot, index) => `${index + 1}. ${when(slot, ", ")}, ${words.with(slot.memberName)}`);
  const intro = words.intro(oneDay ? (slots[0]?.date ?? null) : null);
  const text = `${intro}\n${lines.join("\n")}\n${words.ask}`;
  const options = slots.map((slot) => ({
    title: shorten(when(slot, " "), ROW_TITLE),
    payload: `slot:${slot.id}`,
    description: shorten(capitalised(words.with(slot.memberName)), ROW_DESCRIPTION),
  }));
  // A date and an hour together are longer than a button.
  if (slots.length <= 3 && oneDay) {
    return { kind: "buttons", text, buttons: options.map(({ title, payload }) => ({ title, payload })) };
  }
  return { kind: "list", text, button: words.button, rows: [...options, { title: words.more, payload: "times:more" }] };
}

/** A numbered list of the customer's own appointments. */
export function appointmentList(
  words: { intro: string; ask: string; button: string; unnamed: string },
  appointments: readonly (ShownAppointment & { id: string })[],
  format: Format,
): OutgoingMessage {
  const shown = appointments.slice(0, MAX_ROWS);
  const lines = shown.map(
    (one, index) => `${index + 1}. ${one.serviceName === null ? "" : `${one.serviceName}, `}${whenOf(one, format)}`,
  );
  return {
    kind: "list",
    text: `${words.intro}\n${lines.join("\n")}\n${words.ask}`,
    button: words.button,
    rows: shown.map((one) => ({
      title: shorten(`${format.shortDate(one.date)} ${format.time(one.startTime)}`, ROW_TITLE),
      payload: `appointment:${one.id}`,
      description: shorten(
        [one.serviceName, one.memberName].filter(Boolean).join(" · ") || words.unnamed,
        ROW_DESCRIPTION,
      ),
    })),
  };
}

/** "martes 24 de noviembre, 10:00 a. m.". */
export function whenOf({ date, startTime }: Pick<ShownAppointment, "date" | "startTime">, format: Format): string {
  return `${format.date(date)}, ${format.time(startTime)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
