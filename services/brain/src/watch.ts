import { conversationSubject, parseConversationSubject } from "@skytide/events";
import type { ConversationId } from "./turn/index.ts";

interface Hints {
  hint(subject: string, onMessage: (subject: string) => void): { stop(): void };
}

/** One plain subscription per replica that tells running turns of newer messages; a missed hint costs nothing, the commit is fenced. */
export function watchConversations(bus: Hints) {
  const watchers = new Map<string, Set<() => void>>();
  const subscription = bus.hint("conv.*.*.inbound", (subject) => {
    if (parseConversationSubject(subject) === null) return;
    for (const onMessage of watchers.get(subject) ?? []) onMessage();
  });
  return {
    watch({ organizationId, chat }: ConversationId, onMessage: () => void): { stop(): void } {
      const subject = conversationSubject(organizationId, chat, "inbound");
      const mine = watchers.get(subject) ?? new Set();
      watchers.set(subject, mine.add(onMessage));
      return {
        stop() {
          mine.delete(onMessage);
          if (mine.size === 0) watchers.delete(subject);
        },
      };
    },
    stop: () => subscription.stop(),
  };
}
