import type { EscalationRaised } from "@skytide/events";

/** What staff read. Spanish, like everything people read. */
const REASONS: Record<EscalationRaised["data"]["reason"], string> = {
  user_asked: "Pidió hablar con una persona",
  low_confidence: "El asistente no logró entender lo que necesita",
  policy: "El tema debe atenderlo una persona",
  tool_failure: "El asistente no pudo completar la solicitud",
  limit: "La conversación se extendió demasiado",
  error: "Ocurrió un error al atender la conversación",
};
const NO_NAME = "Cliente sin nombre";
const NO_PHONE = "sin número";
/** WhatsApp limits the whole body to 1,024 characters. */
const MAX_REASON_CHARACTERS = 300;

interface Facts {
  customerName: string;
  customerPhone: string | null;
  reason: string;
  summary: string;
  timezone: string;
  raisedAt: string;
}

/** The template's parameters in order: customer, phone, reason, local time. */
export function toParameters(facts: Facts): string[] {
  const reason = Object.hasOwn(REASONS, facts.reason) ? REASONS[facts.reason as keyof typeof REASONS] : facts.reason;
  const summary = facts.summary.trim();
  const whole = summary === "" ? reason : `${reason}: ${summary}`;
  return [
    facts.customerName.trim() || NO_NAME,
    facts.customerPhone === null ? NO_PHONE : `+${facts.customerPhone}`,
    shorten(whole),
    localTime(new Date(facts.raisedAt), facts.timezone),
  ];
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_REASON_CHARACTERS
    ? text
    : `${characters.slice(0, MAX_REASON_CHARACTERS - 1).join("")}…`;
}

function localTime(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat("es-CO", {
    timeZone,
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.day}/${part.month}/${part.year} ${part.hour}:${part.minute}`;
}
