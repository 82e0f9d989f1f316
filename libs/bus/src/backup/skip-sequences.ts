import { jetStreamOf } from "../internals.ts";
import { orThrow } from "../jetstream.ts";
import type { Bus } from "../types.ts";

/** Nobody's conversation: no durable that acts reads this lane, and it is purged at once. */
const SUBJECT = "conv.restore.sequences.contact";
const STREAM = "CONVERSATIONS";
/** Messages on their way at once. */
const WINDOW = 256;

/**
 * Makes the log go on behind a sequence. Replies, turns and journals are named by sequences: a log that was restored to an
 * earlier point would give out numbers that the database knows, and outbound would take new answers for old ones.
 */
export async function skipSequences(bus: Bus, past: number): Promise<{ skipped: number }> {
  const jetStream = jetStreamOf(bus);
  const { lastSequence } = await bus.streamInfo(STREAM);
  let left = Math.max(0, past - lastSequence);
  const skipped = left;
  const publish = async () => {
    while (left > 0) {
      left -= 1;
      orThrow(await jetStream.store({ subject: SUBJECT, payload: "", headers: {} }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(WINDOW, left) }, publish));
  if (skipped > 0) orThrow(await jetStream.call(`STREAM.PURGE.${STREAM}`, { filter: SUBJECT }));
  return { skipped };
}
