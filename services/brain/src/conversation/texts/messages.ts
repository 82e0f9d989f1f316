import type { OutgoingMessage } from "@skytide/events";

/** What WhatsApp shows at most: buttons hold 20 characters, rows 24 with 72 beside them, lists ten rows. */
export const BUTTON_TITLE = 20;
export const ROW_TITLE = 24;
export const ROW_DESCRIPTION = 72;
export const MAX_ROWS = 10;

/** A plain text. */
export function say(text: string): OutgoingMessage {
  return { kind: "text", text };
}

/** A question whose buttons carry the proposal that they answer. */
export function yesNo(text: string, proposalId: string, yes: string, no: string): OutgoingMessage {
  return {
    kind: "buttons",
    text,
    buttons: [
      { title: yes, payload: `yes:${proposalId}` },
      { title: no, payload: `no:${proposalId}` },
    ],
  };
}
