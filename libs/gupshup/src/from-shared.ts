import { toPhone } from "./clean.ts";
import type { CustomerReference, ReceiptStatus, WebhookItem } from "./webhook.ts";

const statuses: readonly ReceiptStatus[] = ["enqueued", "sent", "delivered", "read", "failed"];

/** The status that both formats mean, or undefined for a word that is none. */
export function toReceiptStatus(word: string | undefined): ReceiptStatus | undefined {
  return statuses.find((status) => status === word);
}

// WhatsApp's business-scoped user id: country, dot, number. It may stand where a phone would.
const userIdPattern = /^[A-Z]{2}\.[A-Za-z0-9]{4,128}$/;

/** Who it is about, or undefined where neither a phone nor a user id is given. `addresses` are tried in order. */
export function toCustomer(from: {
  addresses: readonly (string | undefined)[];
  userId: string | undefined;
  name?: string | undefined;
}): CustomerReference | undefined {
  const phone = from.addresses.map(toPhone).find((digits) => digits !== undefined);
  const userId =
    from.userId?.slice(0, 128) ?? from.addresses.find((one) => one !== undefined && userIdPattern.test(one));
  if (phone === undefined && userId === undefined) return undefined;
  return {
    ...(phone === undefined ? {} : { phone }),
    ...(userId === undefined ? {} : { userId }),
    ...(from.name === undefined ? {} : { name: from.name.replaceAll(/\s+/g, " ").slice(0, 256) }),
  };
}

/** Every id a message is named by besides the one that counts, each once. */
export function toOtherIds(mainId: string, ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id): id is string => id !== undefined && id !== mainId))];
}

/** A template's new status, or something known to ask for nothing where it names none. */
export function toTemplate(
  type: string,
  id: string | undefined,
  word: string | undefined,
  at: Date | undefined,
): WebhookItem {
  const status = word?.toLowerCase() ?? "";
  if (id === undefined || id.length > 200 || !/^[a-z_-]{1,40}$/.test(status))
    return { kind: "ignored", type, known: true };
  return { kind: "template", templateId: id, status, at };
}
