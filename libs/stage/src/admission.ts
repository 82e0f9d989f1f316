import type { BusMessage } from "@skytide/bus";
import { handleDelivery } from "./handle-delivery.ts";
import { createHeldMessages } from "./held-messages.ts";
import type { StageContext } from "./stage-types.ts";
import { organizationOf } from "./work-message.ts";

/** A third of the ack wait. */
const RENEW_MS = 4_000;
/** Surplus that one process holds for a worker; beyond it the durable itself makes everybody wait. */
const MAX_SURPLUS = 12_000;
/** What was asked for before the database went away. */
const DATABASE_AWAY_RETRY_MS = 2_000;
/** Stands for the organization where a message says none: nobody's share is taken. */
const NOBODY = "";

interface Place {
  stream: string;
  durable: string;
  concurrency: number;
}

/** Decides for each delivery when it is handled. */
export interface Admission {
  /** Resolves when the message is settled or was given back. */
  handle(message: BusMessage): Promise<void>;
  /** Begins nothing more and gives back at once what waits. */
  halt(): void;
}

/**
 * No organization has more than its share of a worker in hand. Its surplus waits here, in order and without a place of the
 * pull's, so that the durable goes on with what is everybody else's; organizations take turns (decisions/0060).
 */
export function createAdmission(context: StageContext<unknown>, place: Place, sawSurplus: () => void): Admission {
  const { pipeline, stage, stack } = context;
  const { stream, durable, concurrency } = place;
  const share = pipeline.perOrganization(concurrency);
  const held = createHeldMessages();
  const running = new Map<string, number>();
  let inHand = 0;
  let surplus = 0;
  let stopped = false;
  // Shown from the start: "none" is not "unknown".
  pipeline.metrics.parkedNow.set({ durable }, 0);

  const shareOf = (organizationId: string) => (organizationId === NOBODY ? concurrency : share);
  const hasPlace = (organizationId: string) => (running.get(organizationId) ?? 0) < shareOf(organizationId);
  const count = (organizationId: string, by: number) => {
    inHand += by;
    const left = (running.get(organizationId) ?? 0) + by;
    if (left > 0) running.set(organizationId, left);
    else running.delete(organizationId);
  };
  const begin = () => {
    while (!stopped && !pipeline.database.isOpen() && inHand < concurrency) {
      const next = held.next(hasPlace);
      if (next === undefined) return;
      // Counted before anybody else is asked.
      count(next.organizationId, 1);
      next.decide(true);
    }
  };
  const countSurplus = (by: number) => {
    surplus += by;
    pipeline.metrics.parkedNow.set({ durable }, surplus);
  };

  const renewing = setInterval(() => held.renew(), RENEW_MS);
  stack.defer(() => clearInterval(renewing));
  pipeline.database.onChange(begin);

  /** True when it may be handled, false when it goes back. */
  const wait = (organizationId: string, message: BusMessage): Promise<boolean> =>
    new Promise((resolve) => {
      let isWaiting = true;
      let isSurplus = false;
      const decide = (go: boolean) => {
        isWaiting = false;
        if (isSurplus) countSurplus(-1);
        resolve(go);
      };
      held.push({ message, organizationId, decide });
      begin();
      if (!isWaiting || hasPlace(organizationId) || surplus >= MAX_SURPLUS) return;
      isSurplus = true;
      countSurplus(1);
      pipeline.metrics.parked.inc({ stage });
      message.release();
      sawSurplus();
    });

  return {
    async handle(message) {
      if (pipeline.database.isOpen()) return message.nak(DATABASE_AWAY_RETRY_MS);
      if (stopped) return message.nak(0);
      const organizationId = organizationOf(message.subject) ?? NOBODY;
      if (!(await wait(organizationId, message))) return message.nak(0);
      try {
        await handleDelivery(context, { stream, durable, message });
      } finally {
        count(organizationId, -1);
        begin();
      }
    },
    halt() {
      stopped = true;
      for (const { decide } of held.drain()) decide(false);
    },
  };
}
