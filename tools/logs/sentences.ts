import { type LogLine, PLAIN } from "./log-line.ts";

/** What a line says: a mark, its words, and the fields that they use up. */
type Say = (fields: Readonly<Record<string, unknown>>) => string;

const BY: Readonly<Record<string, string>> = { model: "the model", code: "a rule", fallback: "the fallback" };

/** The happenings that people look for, in words; every other event is its name and its fields. */
const SENTENCES: Readonly<Record<string, Say>> = {
  [PLAIN]: ({ text }) => String(text),
  "message-received": ({ kind, outcome, type, duration_ms }) =>
    `← ${type === "message.echoed" ? "sent from the business phone" : kind}${outcome === "duplicate" ? ", seen before" : ""}${after(duration_ms, ", durable in ")}`,
  "receipt-received": ({ kind }) => `← ${kind}`,
  "webhook-refused": ({ status, reason }) => `✗ webhook refused with ${status}: ${words(reason)}`,
  "webhook-not-durable": ({ err }) => `✗ webhook answered with 503, the log did not confirm it: ${reason(err)}`,
  "outbox-row-published": ({ type }) => `CRM: ${type}`,
  "media-described": ({ kind, outcome, bytes, duration_ms }) =>
    outcome === "ok"
      ? `${kind}${size(bytes)} described${after(duration_ms, " in ")}`
      : `✗ ${kind}${size(bytes)} not described: ${words(outcome)}${after(duration_ms, ", ")}`,
  decided: ({ state, type, reason: by }) => `${state ?? "…"} → ${type}, decided by ${BY[String(by)] ?? by}`,
  "tool-done": ({ tool, outcome, duration_ms }) => `tool ${tool}: ${outcome}${after(duration_ms, ", ")}`,
  "turn-committed": ({ outcome, state, count, duration_ms }) =>
    `turn ${outcome}${count ? ` on ${count} message${count === 1 ? "" : "s"}` : ""}, now ${state}${after(duration_ms, ", ")}`,
  "turn-passed": ({ outcome }) => `turn passed: ${words(outcome)}`,
  "turn-given-up": ({ code, outcome }) => `✗ turn given up (${code}): ${words(outcome)}`,
  "reply-sent": ({ duration_ms, delay_ms }) =>
    `→ answer sent${after(duration_ms, " in ")}${delay_ms === undefined ? "" : `, ${seconds(delay_ms)} after the customer wrote`}`,
  "reply-sent-again": ({ duration_ms }) => `→ answer sent again${after(duration_ms, " in ")}`,
  "reply-failed": ({ code }) => `✗ answer not sent: ${words(code)}`,
  "delivery-failed": ({ reason, status }) =>
    `✗ WhatsApp did not deliver: ${words(reason)}${status ? ` (${status})` : ""}`,
  "send-held": () => "✗ nobody knows whether the answer arrived: skytide outbound unknown",
  "app-blocked": ({ code, setting }) => `✗ the organization's app is refused (${code}): ${setting}`,
  "escalation-notified": ({ count }) => `staff told that a customer asks for a person (${count})`,
  "escalation-failed": ({ reason }) => `✗ nobody of the staff could be told: ${words(reason)}`,
  "attempt-failed": ({ err, attempt, delay_ms }) =>
    `✗ attempt ${attempt} failed: ${reason(err)}; again in ${seconds(delay_ms)}`,
  "dead-letter": ({ err, code }) => `✗ given up: ${reason(err, code)} (skytide dlq list)`,
  "stage-ready": () => "ready",
  "stage-draining": () => "stopping",
  "stage-failed": ({ err, code }) => `✗ cannot go on: ${reason(err, code)}`,
  crashed: ({ err }) => `✗ crashed: ${reason(err)}`,
  "nats-status": ({ kind, code, name }) => `NATS: ${kind}${code ? ` ${code}` : ""}${name ? ` ${name}` : ""}`,
  "database-circuit-opened": () => "✗ the database is away: not pulling until it is back",
  "database-circuit-closed": () => "the database is back",
  "setting-unknown": ({ setting }) => `✗ ${setting} is no setting: skytide doctor says what was meant`,
};

/** Fields that stand elsewhere in a line or tell a person nothing. */
const HIDDEN = [
  ..."level time service stage version event org conversation trace_id span_id message_id turn reply_id".split(" "),
  ..."escalation_id appointment_id durable sequence index redelivery".split(" "),
];

/** What happened, in words. */
export function sayLine({ event, fields }: LogLine): string {
  const known = SENTENCES[event];
  if (known) return known(fields);
  const { err, ...rest } = fields;
  const told = Object.entries(rest)
    .filter(([name]) => !HIDDEN.includes(name))
    .map(([name, value]) => (name.endsWith("_ms") ? after(value, "") : `${name} ${value}`));
  const said = words(event);
  return [err === undefined ? said : `✗ ${said}: ${reason(err)}`, ...told].join(", ");
}

/** What an error says: our own words where it has them, else its code and kind. */
function reason(error: unknown, code?: unknown): string {
  if (typeof error !== "object" || error === null) return String(code ?? "no reason given");
  const { message, code: own, type } = error as Record<string, unknown>;
  const named = code ?? own;
  if (message) return named ? `${message} (${named})` : String(message);
  return [named, type].filter(Boolean).join(", ");
}

function words(code: unknown): string {
  return String(code).replaceAll(/[-_]/g, " ");
}

function after(ms: unknown, before: string): string {
  if (typeof ms !== "number") return "";
  return `${before}${ms < 10_000 ? `${Math.round(ms)} ms` : seconds(ms)}`;
}

function seconds(ms: unknown): string {
  return typeof ms === "number" ? `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s` : "a moment";
}

function size(bytes: unknown): string {
  if (typeof bytes !== "number" || bytes === 0) return "";
  return bytes < 1_000_000
    ? ` of ${Math.max(1, Math.round(bytes / 1_000))} kB`
    : ` of ${(bytes / 1_000_000).toFixed(1)} MB`;
}
