import type { ConversationView } from "./gupshup/conversation-types.ts";
import type { Conversations } from "./gupshup/conversations.ts";

/** Waits until the conversation satisfies the condition, looking at each change. */
export async function untilConversation(
  conversations: Conversations,
  [app, phone]: readonly [app: string, phone: string],
  condition: (conversation: ConversationView) => boolean,
  limitMs: number,
): Promise<ConversationView> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const now = conversations.view(app, phone);
      if (!condition(now)) return false;
      clearTimeout(limit);
      stopWatching();
      resolve(now);
      return true;
    };
    const limit = setTimeout(() => {
      stopWatching();
      const course = conversations.view(app, phone).bubbles.map(describe).join("\n");
      reject(new Error(`the conversation did not get there within ${limitMs} ms; it is:\n${course}`));
    }, limitMs);
    const stopWatching = conversations.watch((change) => {
      if (change.app === app && change.phone === phone) look();
    });
    look();
  });
}

const describe = ({ direction, content, status }: ConversationView["bubbles"][number]) =>
  `${direction} ${status ?? ""} ${"text" in content ? content.text : JSON.stringify(content)}`;
