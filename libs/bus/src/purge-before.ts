import { type JetStream, numberIn, orThrow } from "./jetstream.ts";
import { firstSince, readLast } from "./read.ts";
import { streamOf } from "./streams.ts";

/** Purges what a filter of one stream matches and was stored before a time; answers how many messages that were. */
export async function purgeBefore(jetStream: JetStream, filter: string, time: Date): Promise<number> {
  const stream = streamOf(filter);
  const seq = await firstToStay(jetStream, stream, filter, time);
  if (seq === null) return 0;
  return numberIn(orThrow(await jetStream.call(`STREAM.PURGE.${stream}`, { filter, seq })), "purged");
}

async function firstToStay(jetStream: JetStream, stream: string, filter: string, time: Date): Promise<number | null> {
  const last = await readLast(jetStream, stream, filter);
  if (last === null) return null;
  if (last.publishedAt < time) return last.sequence + 1;
  // Any replica answers this: one that is behind and finds none must not cost what the leader has. The next run purges.
  return await firstSince(jetStream, stream, filter, time);
}
