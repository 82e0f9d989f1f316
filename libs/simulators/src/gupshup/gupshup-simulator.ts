import { type BusinessSide, createBusinessSide } from "./business-side.ts";
import type { CustomerAction } from "./conversation-types.ts";
import { enact } from "./customer-actions.ts";
import { createWhatsappId } from "./message-ids.ts";
import { createGupshupParts, type GupshupParts, type GupshupSettings } from "./parts.ts";

/** The simulated platform between businesses and phones. */
export interface GupshupSimulator {
  parts: GupshupParts;
  business: BusinessSide;
  /** A customer does something; returns the message's id. */
  customer(phone: string, action: CustomerAction): string;
  /** Calls the webhook as Gupshup does when its URL is saved, or to see whether it answers. */
  probe(appName: string, kind: "validation" | "connectivity"): void;
  /** Forgets everything but the settings. */
  clear(): void;
  stop(): void;
}

/** Creates the platform. */
export function createGupshupSimulator(settings: GupshupSettings): GupshupSimulator {
  const parts = createGupshupParts(settings);
  const business = createBusinessSide(parts);
  const { conversations, media, outbox, timers, caller, receipts, faults, defects, appNamed } = parts;
  return {
    parts,
    business,
    customer: (phone, action) => {
      const app = appNamed(action.app);
      const mediaUrl = (mediaId: string) => `${settings.publicUrl()}/wa/${app.id}/wa/media/${mediaId}?download=false`;
      const { shown, sent, answers } = enact(phone, action, { conversations, media, mediaUrl });
      if (action.name !== undefined) conversations.rename(app.name, phone, action.name);
      const id = createWhatsappId(phone, "in");
      const at = settings.now();
      const repliesTo = answers ? { repliesTo: answers.id } : {};
      const bubble = { direction: "in", id, at: at.toISOString(), content: shown, delivered: false } as const;
      conversations.add(app.name, phone, { ...bubble, ...repliesTo });
      const { name } = conversations.view(app.name, phone);
      const context = answers ? { context: { whatsappId: answers.whatsappId ?? "", gsId: answers.id } } : {};
      outbox.message({ app, at, id, phone, name, content: sent, ...context });
      return id;
    },
    probe: (appName, kind) => outbox.probe({ app: appNamed(appName), at: settings.now(), kind }),
    clear: () => {
      timers.clear();
      faults.set([]);
      for (const part of [conversations, media, caller, receipts, business]) part.clear();
      defects.nonEmptyWebhookAnswer = 0;
    },
    stop: () => {
      timers.clear();
      caller.stop();
    },
  };
}
