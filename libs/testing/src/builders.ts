import {
  type ConversationEvent,
  createEvent,
  type EventOf,
  type ReplyRequested,
  type StateCommitted,
} from "@skytide/events";

export interface TestConversation {
  organizationId: string;
  chat: string;
}

/** A conversation that no other test uses. */
export function newConversation(organizationId: string = crypto.randomUUID()): TestConversation {
  return { organizationId, chat: `k1_${crypto.randomUUID().replaceAll("-", "").slice(0, 22)}` };
}

/** Any event of a conversation, by its type and payload. */
export function buildEvent<Type extends ConversationEvent["type"]>(
  conversation: TestConversation,
  type: Type,
  data: EventOf<Type>["data"],
  id: string = crypto.randomUUID(),
): EventOf<Type> {
  return createEvent({ type, id, source: "test", time: new Date(), ...conversation, data });
}

/** A customer's text message. */
export function messageReceived(conversation: TestConversation, text = "Hola"): EventOf<"message.received"> {
  const at = new Date().toISOString();
  return buildEvent(conversation, "message.received", {
    platform: "whatsapp",
    providerMessageId: `wamid.${crypto.randomUUID()}`,
    customer: { platformUserId: "573001110001", phone: "573001110001", name: "Laura" },
    app: "AuroraDemo",
    content: { kind: "text", text },
    sentAt: at,
    receivedAt: at,
    receivedVia: "gupshup-v3",
  });
}

/** A state that has read up to the cursor. */
export function stateCommitted(
  conversation: TestConversation,
  cursor: StateCommitted["data"]["cursor"],
): EventOf<"state.committed"> {
  return buildEvent(conversation, "state.committed", {
    machine: "conversation",
    version: 1,
    snapshot: { value: "supervisor" },
    cursor,
    history: [],
    seen: [],
    pendingMedia: [],
  });
}

/** A reply of one text. */
export function replyRequested(conversation: TestConversation, text = "¡Hola!"): ReplyRequested {
  return buildEvent(conversation, "reply.requested", { messages: [{ kind: "text", text }], closing: false });
}
