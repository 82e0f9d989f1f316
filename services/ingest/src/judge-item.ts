import type { WebhookItem } from "@skytide/gupshup";
import type { ItemKind, RequestKind } from "./metrics.ts";
import type { Delivery, EventfulItem } from "./to-events.ts";

/** As what an item is counted. */
export function countedAs(item: WebhookItem, { connection }: Delivery): ItemKind {
  const isOwn =
    item.kind === "message" && item.customer.phone !== undefined && item.customer.phone === connection.businessNumber;
  return isOwn ? "own_number" : item.kind;
}

/** Whether it is of a type that we do nothing with because we do not know it. */
export function isUnsupported(item: WebhookItem): boolean {
  if (item.kind === "ignored") return !item.known;
  return item.kind === "message" && item.content.kind === "unsupported";
}

/** Whether events follow from it. */
export function isEventful(item: WebhookItem): item is EventfulItem {
  return item.kind === "message" || item.kind === "receipt" || item.kind === "echo" || item.kind === "deleted";
}

/** As what a whole call is counted. */
export function kindOf({ items }: { items: readonly WebhookItem[] }): RequestKind {
  if (items.some(({ kind }) => kind === "message" || kind === "reaction" || kind === "deleted")) return "message";
  return items.some(({ kind }) => kind === "receipt") ? "receipt" : "other";
}
