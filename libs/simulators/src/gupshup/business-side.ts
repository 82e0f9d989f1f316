import { randomUUID } from "node:crypto";
import type { GupshupApp } from "./apps.ts";
import { createWhatsappId } from "./message-ids.ts";
import type { GupshupParts } from "./parts.ts";
import { createRateLimit } from "./rate-limits.ts";
import { planJourney } from "./receipts.ts";
import type { Send } from "./send-request.ts";

const WINDOW_MS = 24 * 3_600_000;
/** One number to one customer: bursts of 45, then one message in six seconds (gupshup.md §5). */
const PAIR = { burst: 45, perMs: 6000 };

/** What a business can do on the platform. */
export interface BusinessSide {
  /** False when the app calls faster than the platform lets it. */
  mayCall(app: GupshupApp): boolean;
  /** Takes a message over; its id is what the send API answers. */
  accept(send: Send): string;
  /** The business has read a customer's message; false when there is no such message. */
  markRead(app: GupshupApp, messageId: string): boolean;
  clear(): void;
}

/** Creates the business's side. */
export function createBusinessSide({ settings, faults, conversations, receipts }: GupshupParts): BusinessSide {
  const { now, sendsPerSecond } = settings;
  const perApp = createRateLimit(sendsPerSecond, 1000 / sendsPerSecond, now);
  const perPair = createRateLimit(PAIR.burst, PAIR.perMs, now);

  const platformFailure = (send: Send): { code: number; reason: string } | undefined => {
    if (!perPair.take(`${send.app.name}/${send.destination}`)) return { code: 131056, reason: "Pair rate limit hit" };
    if (send.isTemplate) return undefined;
    const { lastInboundAt } = conversations.view(send.app.name, send.destination);
    const isOpen = lastInboundAt !== undefined && now().getTime() - Date.parse(lastInboundAt) < WINDOW_MS;
    const reason = "More than 24 hours have passed since the customer last replied to this number";
    return isOpen ? undefined : { code: 131047, reason };
  };

  return {
    mayCall: (app) => perApp.take(app.name),
    accept: (send) => {
      const ids = { gsId: randomUUID(), whatsappId: createWhatsappId(send.destination, "out") };
      const journey = planJourney(send, ids, faults, platformFailure(send));
      conversations.add(send.app.name, send.destination, {
        direction: "out",
        id: ids.gsId,
        at: now().toISOString(),
        content: send.content,
        status: "submitted",
        whatsappId: ids.whatsappId,
        ...(send.msgid === undefined ? {} : { msgid: send.msgid }),
      });
      receipts.start(journey);
      return ids.gsId;
    },
    markRead: (app, messageId) => {
      const isIt = (bubble: { id: string; direction: string }) => bubble.id === messageId && bubble.direction === "in";
      const found = conversations.all().find((one) => one.app === app.name && one.bubbles.some(isIt));
      if (found) conversations.update(app.name, found.phone, messageId, { readByBusiness: true });
      return found !== undefined;
    },
    clear: () => {
      perApp.clear();
      perPair.clear();
    },
  };
}
