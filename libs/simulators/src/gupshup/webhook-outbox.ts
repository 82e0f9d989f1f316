import type { GupshupFault, WebhookEvent } from "../fault-schemas.ts";
import type { FaultBox } from "../faults.ts";
import type { Timers } from "../timers.ts";
import type { GupshupApp } from "./apps.ts";
import type { WebhookCaller } from "./webhook-caller.ts";
import type { InboundFacts, ProbeFacts, ReceiptFacts } from "./webhook-facts.ts";
import { toV2Message, toV2Probe, toV2Receipt } from "./webhook-v2.ts";
import { toV3Message, toV3Probe, toV3Receipt } from "./webhook-v3.ts";

/** Turns what happened into webhook calls, in the subscribed format and with the faults that are switched on. */
export interface WebhookOutbox {
  message(facts: InboundFacts): void;
  receipt(facts: ReceiptFacts): void;
  probe(facts: ProbeFacts): void;
}

interface OutboxDeps {
  caller: WebhookCaller;
  faults: FaultBox<GupshupFault>;
  timers: Timers;
  version: 2 | 3;
}

/** Creates the outbox. */
export function createWebhookOutbox({ caller, faults, timers, version }: OutboxDeps): WebhookOutbox {
  interface Leaving {
    app: GupshupApp;
    phone: string;
    event: WebhookEvent;
    messageId: string;
    v2: object;
    v3: object;
  }
  const leave = ({ app, phone, event, messageId, v2, v3 }: Leaving) => {
    if (!app.hasWebhook) return;
    const concerns = (fault: {
      app?: string | undefined;
      destination?: string | undefined;
      event?: WebhookEvent | undefined;
    }) =>
      (fault.app ?? app.name) === app.name &&
      (fault.destination ?? phone) === phone &&
      (fault.event ?? event) === event;
    if (faults.strike(["drop"], concerns).length > 0) return;
    const bodies = version === 2 ? [v2] : [v3];
    if (faults.strike(["duplicate"], concerns).length > 0) bodies.push(...bodies);
    if (faults.strike(["both-versions"], concerns).length > 0) bodies.push(version === 2 ? v3 : v2);
    const call = () => {
      for (const body of bodies) caller.call({ app, phone, event, messageId, body });
    };
    const lateMs = faults.strike(["late"], concerns).reduce((total, fault) => total + fault.ms, 0);
    if (lateMs > 0) timers.after(lateMs, call);
    else call();
  };
  return {
    message: (facts) => {
      const { app, phone, id } = facts;
      leave({ app, phone, event: "message", messageId: id, v2: toV2Message(facts), v3: toV3Message(facts) });
    },
    receipt: (facts) => {
      const { app, destination: phone, status: event, gsId: messageId } = facts;
      leave({ app, phone, event, messageId, v2: toV2Receipt(facts), v3: toV3Receipt(facts) });
    },
    probe: (facts) => {
      const body = version === 2 ? toV2Probe(facts) : toV3Probe(facts);
      caller.call({ app: facts.app, phone: "", event: "probe", messageId: "", body });
    },
  };
}
