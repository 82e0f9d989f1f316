import type { BusMessage } from "@skytide/bus";

/** Messages on their way to a lane at once; a log that stores with every disk write is not faster with more. */
const STORING = 128;
/** Messages in memory that wait for that. More would only move the queue from the log into the process. */
const MAX_WAITING = 8_000;
/** A third of the time after which the server gives an untouched message to somebody else. */
const WORKING_EVERY_MS = 4_000;

/** Takes surplus messages off a consumer's hands faster than a disk can store where they stand. */
export interface Transit {
  /** Runs the work for a message when its turn comes; false when it ended before that. */
  add(message: BusMessage, work: () => Promise<void>): Promise<boolean>;
  /** What has not had its turn gets none. */
  halt(): void;
  /** Waits for what has begun. */
  ended(): Promise<void>;
}

/** A queue that keeps its messages alive at the server while they wait. */
export function createTransit(): Transit {
  const waiting = new Map<BusMessage, (goes: boolean) => void>();
  const storing = new Set<Promise<void>>();
  let halted = false;
  const beating = setInterval(() => {
    for (const message of waiting.keys()) message.working();
  }, WORKING_EVERY_MS);

  const next = () => {
    if (halted || storing.size >= STORING) return;
    const [first] = waiting;
    if (first === undefined) return;
    waiting.delete(first[0]);
    first[1](true);
  };

  return {
    async add(message, work) {
      if (waiting.size + storing.size < MAX_WAITING) message.release();
      const goes = await new Promise<boolean>((resolve) => {
        waiting.set(message, resolve);
        if (halted) resolve(false);
        else next();
      });
      waiting.delete(message);
      if (!goes) return false;
      const stored = work().finally(() => {
        storing.delete(stored);
        next();
      });
      storing.add(stored);
      await stored;
      return true;
    },
    halt() {
      halted = true;
      clearInterval(beating);
      for (const resolve of waiting.values()) resolve(false);
    },
    async ended() {
      while (storing.size > 0) await Promise.all(storing);
    },
  };
}
