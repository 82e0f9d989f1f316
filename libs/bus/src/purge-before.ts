import { type JetStream, numberIn, orThrow } from "./jetstream.ts";
import { sequenceAt } from "./lane-reader.ts";
import { streamOf } from "./streams.ts";

/** Purges what a filter of the log matches and was stored before a time; answers how many messages that were. */
export async function purgeBefore(jetStream: JetStream, durable: string, filter: string, time: Date): Promise<number> {
  const seq = await sequenceAt(jetStream, durable, time);
  // Everything is younger; and the server takes 1 for no limit.
  if (seq <= 1) return 0;
  return numberIn(orThrow(await jetStream.call(`STREAM.PURGE.${streamOf(filter)}`, { filter, seq })), "purged");
}
