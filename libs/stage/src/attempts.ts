import type { Bus, BusMessage } from "@skytide/bus";
import { z } from "zod";

/** Messages whose last attempt is remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 10_000;

/** What stands in the bucket ATTEMPTS on `<durable>.<sequence>`. */
const recordSchema = z.object({
  /** Attempts that nobody settled: their process ended in the middle. */
  killed: z.number().int().nonnegative(),
  /** Attempts that ended in an error that nobody expected. */
  unexpected: z.number().int().nonnegative(),
  inHand: z.boolean(),
});
type Counts = Pick<z.infer<typeof recordSchema>, "killed" | "unexpected">;

/** One attempt at a message; end it with `done` or `again`. */
export interface Attempt {
  /** Processes that ended with this message in hand, over all replicas. */
  readonly killed: number;
  /** Counts one more unexpected error and answers how many there are, over all replicas. */
  unexpected(): Promise<number>;
  /** The message comes again. */
  again(): Promise<void>;
  /** The message is settled for good. */
  done(): Promise<void>;
}

interface Remembered extends Counts {
  redelivered: number;
}

/**
 * Counts what the server's delivery count cannot tell apart: errors that nobody expected, and deaths of a process with the
 * message in hand (decisions/0061). Restarts and drains count for nothing. A first delivery costs no request.
 */
export function createAttempts(bus: Bus) {
  const bucket = bus.keyValue("ATTEMPTS");
  /** Attempts that this process settled itself. */
  const settledHere = new Map<string, Remembered>();

  const remember = (key: string, counts: Remembered) => {
    settledHere.delete(key);
    settledHere.set(key, counts);
    const [oldest] = settledHere.keys();
    if (settledHere.size > MAX_REMEMBERED && oldest !== undefined) settledHere.delete(oldest);
  };
  // Where the bucket is away this process counts alone: a message is not held up by its statistics.
  const read = async (key: string) => {
    const entry = await bucket.get(key).catch(() => null);
    const parsed = recordSchema.safeParse(entry?.value);
    return { revision: entry?.revision ?? 0, record: parsed.data ?? { killed: 0, unexpected: 0, inHand: false } };
  };
  const write = async (key: string, record: z.infer<typeof recordSchema>, revision: number): Promise<number> => {
    const written = revision === 0 ? bucket.create(key, record) : bucket.update(key, record, revision);
    return (await written.catch(() => null)) ?? revision;
  };

  const toAttempt = (key: string, redelivered: number, counts: Counts, marked: number): Attempt => {
    let revision = marked;
    return {
      killed: counts.killed,
      async unexpected() {
        const stored = await read(key);
        counts.unexpected = Math.max(counts.unexpected, stored.record.unexpected) + 1;
        revision = await write(key, { ...counts, inHand: false }, stored.revision);
        return counts.unexpected;
      },
      async again() {
        remember(key, { ...counts, redelivered });
        if (revision > 0) await write(key, { ...counts, inHand: false }, revision);
      },
      async done() {
        settledHere.delete(key);
        if (revision > 0) await bucket.purge(key).catch(() => undefined);
      },
    };
  };

  return {
    async begin(durable: string, { sequence, redelivered }: BusMessage): Promise<Attempt> {
      const key = `${durable}.${sequence}`;
      const here = settledHere.get(key);
      if (here !== undefined && here.redelivered + 1 === redelivered) {
        return toAttempt(key, redelivered, { killed: here.killed, unexpected: here.unexpected }, 0);
      }
      if (redelivered === 0) return toAttempt(key, redelivered, { killed: 0, unexpected: 0 }, 0);
      const { revision, record } = await read(key);
      const counts = { killed: record.killed + (record.inHand ? 1 : 0), unexpected: record.unexpected };
      return toAttempt(key, redelivered, counts, await write(key, { ...counts, inHand: true }, revision));
    },
  };
}
