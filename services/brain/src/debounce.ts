import type { ConversationEvent } from "@skytide/events";

/** How long a burst of messages is waited for, in milliseconds. */
export interface Debounce {
  /** Quiet time after a message before it is answered. */
  debounceMs: number;
  /** The longest wait counted from the first unanswered message: a customer who keeps typing is answered in the end. */
  debounceMaxMs: number;
}

/** What an event on the inbound or hand-off lane means for the conversation's timer. */
export type Urgency = "debounced" | "at-once" | "if-waiting" | "none";

/** A tap is a finished thought, a hand-off a thing that happened: only typed words are waited for. */
export function urgencyOf(event: ConversationEvent): Urgency {
  switch (event.type) {
    case "message.received":
      return event.data.content.kind === "tap" ? "at-once" : "debounced";
    case "media.described":
      return "if-waiting";
    case "escalation.notified":
    case "escalation.failed":
    case "escalation.unanswered":
    case "bot.paused":
    case "bot.resumed":
      return "at-once";
    default:
      return "none";
  }
}

/** When a burst is due: quiet time from now, capped from its first message, never in the past. */
export function burstDueAt(now: Date, firstAt: Date, { debounceMs, debounceMaxMs }: Debounce): Date {
  const due = Math.min(now.getTime() + debounceMs, firstAt.getTime() + debounceMaxMs);
  return new Date(Math.max(due, now.getTime()));
}
