import { DURABLES } from "./durables.ts";
import type { JetStream } from "./jetstream.ts";
import { readFirstOnLane, readOnLane } from "./lane-reader.ts";
import { readAt, readNext, type StoredMessage } from "./read.ts";

const LOG = "CONVERSATIONS";

/** Where something stands that a durable read before. */
export interface Original {
  /** Whose lanes are read: its stage may read no others. */
  durable: string;
  stream: string;
  /** Its subject, or a lane (`conv.*.*.<lane>`) where the conversation is not known. */
  subject: string;
  sequence: number;
}

/** What a durable read before; null when it is gone. On the log only lanes of the durable can be read (decisions/0078). */
export function readOriginal(jetStream: JetStream, original: Original): Promise<StoredMessage | null> {
  const { durable, stream, subject, sequence } = original;
  if (stream !== LOG) return readAt(jetStream, stream, sequence);
  return readOnLane(jetStream, { durable, filter: subject, sequence });
}

/** When the first message behind a sequence was stored that the durable would read; null when there is none. */
export async function readFirstAfter(jetStream: JetStream, durable: string, sequence: number): Promise<Date | null> {
  const wanted = DURABLES.find(({ name }) => name === durable);
  if (wanted === undefined) return null;
  const from = sequence + 1;
  const firstOf = async (filter: string): Promise<StoredMessage | null> => {
    if (wanted.stream === LOG) return await readFirstOnLane(jetStream, { durable, filter, start: { sequence: from } });
    const [first = null] = await readNext(jetStream, wanted.stream, filter, from);
    return first;
  };
  const found = await Promise.all(wanted.filters.map(firstOf));
  const [first] = found.flatMap((one) => (one ? [one] : [])).sort((a, b) => a.sequence - b.sequence);
  return first?.publishedAt ?? null;
}
