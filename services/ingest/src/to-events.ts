import {
  type ConversationEvent,
  chatOf,
  createEvent,
  derivedEventId,
  type HashKeys,
  inboundEventId,
  opaqueId,
} from "@skytide/events";
import type { CustomerReference, WebhookItem } from "@skytide/gupshup";
import type { Connection } from "@skytide/store";

/** What a body's items have in common. */
export interface Delivery {
  connection: Connection;
  version: 2 | 3;
  receivedAt: Date;
  traceparent: string;
}

type ItemOf<Kind extends WebhookItem["kind"]> = Extract<WebhookItem, { kind: Kind }>;

/** An item that becomes events. */
export type EventfulItem = ItemOf<"message" | "receipt" | "echo" | "deleted">;

const source = "ingest";
const platform = "whatsapp";

/** The events that an item stands for, always with the same ids: a redelivery and the twin in the other format change nothing. */
export function toEvents(item: EventfulItem, delivery: Delivery, keys: HashKeys): ConversationEvent[] {
  const { connection, receivedAt, traceparent } = delivery;
  const { organizationId } = connection;
  const chat = chatOf(keys, organizationId, platform, platformUserIdOf(item.customer));
  const common = { source, time: receivedAt, organizationId, chat, traceparent };
  switch (item.kind) {
    case "message":
      return [
        createEvent({
          ...common,
          type: "message.received",
          id: inboundEventId(keys, organizationId, item.providerMessageId),
          data: toMessageData(item, delivery),
        }),
      ];
    case "deleted": {
      const messageId = inboundEventId(keys, organizationId, item.providerMessageId);
      const id = derivedEventId("deleted", messageId);
      return [createEvent({ ...common, type: "message.deleted", id, data: { messageId } })];
    }
    case "receipt": {
      const id = derivedEventId("receipt", organizationId, opaqueId(keys, item.providerMessageId), item.status);
      return [toReceipt(item, { ...common, id })];
    }
    case "echo": {
      const { providerMessageId, text, at = receivedAt } = item;
      const cause = [organizationId, opaqueId(keys, providerMessageId)] as const;
      const data = { providerMessageId, text, at: at.toISOString() };
      return [createEvent({ ...common, type: "reply.echoed", id: derivedEventId("echo", ...cause), data })];
    }
  }
}

/** The customer's id on the platform: the phone, or the user id where there is none. */
function platformUserIdOf({ phone, userId }: CustomerReference): string {
  const id = phone ?? userId;
  if (id === undefined) throw new RangeError("a customer has a phone or a user id");
  return id;
}

function toMessageData(item: ItemOf<"message">, { connection, version, receivedAt }: Delivery) {
  return {
    platform,
    providerMessageId: item.providerMessageId,
    customer: { platformUserId: platformUserIdOf(item.customer), ...item.customer },
    app: connection.appName,
    content: item.content,
    repliesTo: item.repliesTo,
    forwarded: item.forwarded,
    sentAt: (item.sentAt ?? receivedAt).toISOString(),
    receivedAt: receivedAt.toISOString(),
    receivedVia: `gupshup-v${version}`,
  } as const;
}

function toReceipt(
  item: ItemOf<"receipt">,
  common: { id: string; source: string; time: Date; organizationId: string; chat: string; traceparent: string },
): ConversationEvent {
  const { status, providerMessageId, otherIds, at = common.time, code } = item;
  const data = { providerMessageId, otherIds, at: at.toISOString() };
  switch (status) {
    case "enqueued":
    case "sent":
      return createEvent({ ...common, type: "reply.accepted", data: { ...data, status } });
    case "delivered":
      return createEvent({ ...common, type: "reply.delivered", data });
    case "read":
      return createEvent({ ...common, type: "reply.read", data });
    case "failed":
      return createEvent({ ...common, type: "reply.failed", data: { ...data, code: "provider", providerCode: code } });
  }
}
