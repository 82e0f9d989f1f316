import type { BusMessage, Parking } from "@skytide/bus";

/** How often the lanes are counted: by then every replica knows of a lane that another one filled. */
const LOOK_MS = 1_000;
/** A retry is due a little after its wait has ended at the server. */
const DUE_MS = 25;

interface Lane {
  inHand: number;
  /** Nothing is due until the next look, or until something is parked. */
  dry: boolean;
  parkedAt: number;
}

export interface Lanes {
  /** True while messages of the organization may be parked: what comes after them goes behind them. */
  has(organizationId: string): boolean;
  /** Something was parked. */
  open(organizationId: string): void;
  /** Takes nothing while true. */
  pause(paused: boolean): void;
  /** Takes nothing more. */
  halt(): void;
  /** Waits for what is in hand. */
  ended(): Promise<void>;
}

export interface LanesOptions {
  parking: Parking;
  durable: string;
  /** Parked messages handled at once. */
  total: number;
  perOrganization: number;
  handle(message: BusMessage): Promise<void>;
  /** How many are parked, over all replicas. */
  counted(messages: number): void;
  failed(error: unknown): void;
}

/** Works off the lanes of a durable, in turn: a long lane does not make a short one wait. */
export function readLanes(options: LanesOptions): Lanes {
  const { parking, durable, total, perOrganization } = options;
  const lanes = new Map<string, Lane>();
  const inHand = new Set<Promise<void>>();
  let stopped = false;
  let paused = false;

  const laneOf = (organizationId: string): Lane => {
    const lane = lanes.get(organizationId) ?? { inHand: 0, dry: false, parkedAt: 0 };
    lanes.set(organizationId, lane);
    return lane;
  };

  const wake = (organizationId: string) => {
    const lane = lanes.get(organizationId);
    if (lane !== undefined) lane.dry = false;
    pump();
  };

  const takeNext = async (organizationId: string, lane: Lane): Promise<void> => {
    try {
      const message = await parking.take(durable, organizationId);
      if (message === null) lane.dry = true;
      else if (stopped) message.nak(0);
      else await options.handle(wakingRetries(message, () => wake(organizationId)));
    } catch (error) {
      lane.dry = true;
      options.failed(error);
    }
  };

  const begin = (organizationId: string, lane: Lane) => {
    lane.inHand += 1;
    const work = takeNext(organizationId, lane).finally(() => {
      lane.inHand -= 1;
      inHand.delete(work);
      pump();
    });
    inHand.add(work);
  };

  const pump = () => {
    if (stopped || paused) return;
    // A lane that has had its turn stands last, so this ends when all places are taken or no lane may take one.
    for (const [organizationId, lane] of lanes) {
      if (inHand.size >= total) return;
      if (lane.dry || lane.inHand >= perOrganization) continue;
      lanes.delete(organizationId);
      lanes.set(organizationId, lane);
      begin(organizationId, lane);
    }
  };

  const look = async () => {
    const lookedAt = performance.now();
    const waiting = await parking.waiting(durable);
    options.counted([...waiting.values()].reduce((sum, count) => sum + count, 0));
    for (const organizationId of waiting.keys()) laneOf(organizationId).dry = false;
    for (const [organizationId, lane] of lanes)
      if (!waiting.has(organizationId) && lane.inHand === 0 && lane.parkedAt < lookedAt) lanes.delete(organizationId);
    pump();
  };
  const looking = setInterval(() => void look().catch(options.failed), LOOK_MS);

  return {
    has: (organizationId) => lanes.has(organizationId),
    open(organizationId) {
      laneOf(organizationId).parkedAt = performance.now();
      wake(organizationId);
    },
    pause(wanted) {
      paused = wanted;
      pump();
    },
    halt() {
      stopped = true;
      clearInterval(looking);
    },
    async ended() {
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}

function wakingRetries(message: BusMessage, wake: () => void): BusMessage {
  return {
    ...message,
    nak(delayMs) {
      message.nak(delayMs);
      setTimeout(wake, delayMs + DUE_MS).unref();
    },
  };
}
