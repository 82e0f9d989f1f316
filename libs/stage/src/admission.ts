import type { BusMessage } from "@skytide/bus";
import { toErrorFields } from "@skytide/telemetry";
import { handleDelivery } from "./handle-delivery.ts";
import { type Lanes, readLanes } from "./lanes.ts";
import { createPlaces } from "./places.ts";
import type { StageContext } from "./stage-types.ts";
import { createTransit } from "./transit.ts";
import { organizationOf } from "./work-message.ts";

/** A short queue costs nobody anything, and parking costs more than a quick handler. */
const PATIENCE_MS = 100;
/** Retries of one organization that may wait in the durable's own window. */
const MAX_RETRIES_WAITING = 64;
const NOT_PARKED_RETRY_MS = 1_000;
/** What a flood brought along for others waits so long for a place here; then another replica may have one. */
const PLACE_WITHIN_MS = 3_000;
const ALL = "all";
/** What was asked for before the database went away. */
const DATABASE_AWAY_RETRY_MS = 2_000;

interface Place {
  stream: string;
  durable: string;
  concurrency: number;
}

/** Decides for each delivery whether it is handled now or parked, and handles what is parked. */
export interface Admission {
  handle(message: BusMessage): Promise<void>;
  /** Begins nothing more. */
  halt(): void;
  /** Waits for what was begun. */
  stop(): Promise<void>;
}

/**
 * No organization has more than its share of a worker in hand; the surplus, and retries beyond a few, wait in a lane of the
 * organization's own, so that the durable goes on with what is everybody else's (decisions/0060).
 */
export function createAdmission(context: StageContext<unknown>, place: Place, sawSurplus: () => void): Admission {
  const { pipeline, stage, bus, log } = context;
  const { stream, durable, concurrency } = place;
  const perOrganization = pipeline.perOrganization(concurrency);
  const places = createPlaces(perOrganization);
  const total = createPlaces(concurrency);
  const retriesWaiting = new Map<string, number>();
  const transit = createTransit();
  let stopped = false;

  const failed = (error: unknown) => log.event("parking-failed", { durable, code: toErrorFields(error).code });
  const lanes: Lanes = readLanes({
    parking: bus.parking,
    durable,
    total: Math.ceil(concurrency / 2),
    // One lane never takes all of it: a short one finds a place at once.
    perOrganization: Math.min(perOrganization, Math.ceil(concurrency / 4)),
    handle: (message) => handleDelivery(context, { stream, durable, message }),
    counted: (messages) => pipeline.metrics.parkedNow.set({ durable }, messages),
    failed,
  });

  pipeline.database.onChange(() => lanes.pause(pipeline.database.isOpen()));

  const store = async (organizationId: string, message: BusMessage): Promise<void> => {
    try {
      await bus.parking.park({ durable, organizationId, stream, message });
      await message.ack();
      pipeline.metrics.parked.inc({ stage });
      lanes.open(organizationId);
    } catch (error) {
      failed(error);
      message.nak(NOT_PARKED_RETRY_MS);
    }
  };

  const park = async (organizationId: string, message: BusMessage): Promise<void> => {
    // What comes next is for the lane too, from now on: it must not overtake.
    lanes.open(organizationId);
    sawSurplus();
    if (!(await transit.add(message, () => store(organizationId, message)))) message.nak(0);
  };

  const parkingRetries = (organizationId: string, message: BusMessage): BusMessage => ({
    ...message,
    nak(delayMs) {
      const waiting = retriesWaiting.get(organizationId) ?? 0;
      if (delayMs === 0) return message.nak(0);
      if (lanes.has(organizationId) || waiting >= MAX_RETRIES_WAITING) return void park(organizationId, message);
      retriesWaiting.set(organizationId, waiting + 1);
      setTimeout(() => {
        const left = (retriesWaiting.get(organizationId) ?? 1) - 1;
        if (left > 0) retriesWaiting.set(organizationId, left);
        else retriesWaiting.delete(organizationId);
      }, delayMs).unref();
      message.nak(delayMs);
    },
  });

  const handleHere = async (message: BusMessage): Promise<void> => {
    if (!(await total.take(ALL, PLACE_WITHIN_MS))) return message.nak(0);
    try {
      if (stopped) message.nak(0);
      else await handleDelivery(context, { stream, durable, message });
    } finally {
      total.release(ALL);
    }
  };

  return {
    async handle(message) {
      if (pipeline.database.isOpen()) return message.nak(DATABASE_AWAY_RETRY_MS);
      const organizationId = organizationOf(message.subject);
      if (organizationId === undefined) return await handleHere(message);
      if (lanes.has(organizationId) || !(await places.take(organizationId, PATIENCE_MS)))
        return stopped ? message.nak(0) : await park(organizationId, message);
      try {
        if (stopped) return message.nak(0);
        await handleHere(parkingRetries(organizationId, message));
      } finally {
        places.release(organizationId);
      }
    },
    halt() {
      stopped = true;
      lanes.halt();
      transit.halt();
    },
    async stop() {
      await lanes.ended();
      await transit.ended();
    },
  };
}
