import { createHmac, timingSafeEqual } from "node:crypto";
import type { HashKeys } from "./ids.ts";

/** What a reminder's button asks for. */
export const REMINDER_ACTIONS = ["confirm", "move", "cancel"] as const;
export type ReminderAction = (typeof REMINDER_ACTIONS)[number];

/** What stands behind a reminder's button: one act on one appointment at one time. */
export interface ReminderButton {
  action: ReminderAction;
  appointmentId: string;
  /** When the appointment was to begin when the reminder was written. */
  startsAt: Date;
}

interface Conversation {
  organizationId: string;
  chat: string;
}

/** Marks the payloads of reminders; none of the agent's own begins like it. */
const PREFIX = "reminder";
const CODES: Record<ReminderAction, string> = { confirm: "c", move: "m", cancel: "x" };
const payloadPattern = /^reminder\.([a-z0-9]{1,8})\.([cmx])\.([0-9a-f]{32})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{22})$/;

/**
 * The payload of a button, signed with the newest key and bound to its conversation: in another customer's hands, or with a
 * letter changed, it means nothing. `BUTTON_SIGNING_KEYS` has the form of the hash keys.
 */
export function signButton(keys: HashKeys, conversation: Conversation, button: ReminderButton): string {
  const [key] = keys.keys;
  if (key === undefined) throw new RangeError("no button signing key configured");
  const seconds = Math.floor(button.startsAt.getTime() / 1000).toString(36);
  const parts = [key.version, CODES[button.action], button.appointmentId.replaceAll("-", ""), seconds];
  return [PREFIX, ...parts, signatureOf(key.secret, conversation, parts)].join(".");
}

/** True where a payload says that it is a reminder's, whoever wrote it. */
export function isReminderPayload(payload: string): boolean {
  return payload.startsWith(`${PREFIX}.`);
}

/** What a tapped payload stands for; null where it was not signed by us for this conversation, or by a key that is not listed any more. */
export function readButton(keys: HashKeys, conversation: Conversation, payload: string): ReminderButton | null {
  const match = payloadPattern.exec(payload);
  if (match === null) return null;
  const [, version = "", code = "", appointment = "", seconds = "", signature = ""] = match;
  const key = keys.keys.find((one) => one.version === version);
  const action = REMINDER_ACTIONS.find((one) => CODES[one] === code);
  if (key === undefined || action === undefined) return null;
  const expected = signatureOf(key.secret, conversation, [version, code, appointment, seconds]);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return null;
  const appointmentId = appointment.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { action, appointmentId, startsAt: new Date(Number.parseInt(seconds, 36) * 1000) };
}

function signatureOf(secret: string, { organizationId, chat }: Conversation, parts: readonly string[]): string {
  const text = ["button", organizationId, chat, ...parts].map((part) => `${part.length}:${part}`).join("");
  return createHmac("sha256", secret).update(text).digest().subarray(0, 16).toString("base64url");
}
