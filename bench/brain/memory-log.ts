import type { Conversation } from "@skytide/bus";
import {
  type ConversationEvent,
  createEvent,
  type EventOf,
  type MessageContent,
  type StateCommitted,
} from "@skytide/events";
import type { TurnDeps } from "../../services/brain/src/turn/index.ts";

const CREATED = "2026-11-01T00:00:00Z";

/** The log of one conversation in memory. State and events pass through JSON as they do on a wire; nothing is stored or sent. */
export function createMemoryLog(conversation: { organizationId: string; chat: string }, now: () => Date) {
  let state: string | null = null;
  let unread: EventOf<"message.received">[] = [];
  let sequence = 0;
  let last = { state: 0, inbound: 0, handoff: 0 };
  let replies: EventOf<"reply.requested">["data"]["messages"] = [];

  const log = {
    async readConversation(): Promise<Conversation> {
      const at = now();
      return {
        state:
          state === null ? null : { sequence: last.state, publishedAt: at, event: JSON.parse(state) as StateCommitted },
        inbound: unread.map((event) => ({ sequence: last.inbound, publishedAt: at, event })),
        handoff: [],
        last: { ...last },
        streamCreatedAt: CREATED,
        cursorValid: true,
        unreadable: [],
      };
    },
    async commit({ events }: { events: readonly ConversationEvent[] }) {
      for (const event of events) {
        const json = JSON.stringify(event);
        sequence += 1;
        if (event.type === "state.committed") {
          state = json;
          last = { ...last, state: sequence };
        }
        if (event.type === "reply.requested") replies = event.data.messages;
      }
      unread = [];
      return { kind: "committed", sequences: [] } as const;
    },
    lastSequence: async () => last.inbound,
    readLane: async () => [],
    trim: async () => undefined,
  };

  return {
    log: log as unknown as TurnDeps["log"],
    receive(content: MessageContent): void {
      sequence += 1;
      last = { ...last, inbound: sequence };
      const time = now();
      const at = time.toISOString();
      unread.push(
        createEvent({
          type: "message.received",
          id: `message-${sequence}`,
          source: "ingest",
          time,
          ...conversation,
          data: {
            platform: "whatsapp",
            providerMessageId: `wamid.${sequence}`,
            customer: { platformUserId: "573001110001", phone: "573001110001", name: "Laura" },
            app: "AuroraDemo",
            content,
            sentAt: at,
            receivedAt: at,
            receivedVia: "gupshup-v3",
          },
        }),
      );
    },
    replies: () => replies,
    stateBytes: () => Buffer.byteLength(JSON.stringify((JSON.parse(state ?? "{}") as { data?: unknown }).data ?? null)),
  };
}
