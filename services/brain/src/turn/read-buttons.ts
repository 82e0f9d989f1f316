import { isReminderPayload, type ReminderButton } from "@skytide/events";
import type { Said, SaidMessage } from "../conversation/index.ts";

/** Says of each tapped button of a reminder what it stands for, or that it is none of ours: the chart never sees a signature. */
export function withButtonsRead(said: Said, read: (payload: string) => ReminderButton | null): Said {
  return { ...said, messages: said.messages.map((message) => withButtonRead(message, read)) };
}

function withButtonRead(message: SaidMessage, read: (payload: string) => ReminderButton | null): SaidMessage {
  const { tapPayload } = message;
  if (tapPayload === undefined || !isReminderPayload(tapPayload)) return message;
  const button = read(tapPayload);
  if (button === null) return { ...message, button: "invalid" };
  return { ...message, button: { ...button, startsAt: button.startsAt.toISOString() } };
}
