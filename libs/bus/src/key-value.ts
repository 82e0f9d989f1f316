import { API_ERROR, fromApiError, isWrongLastSequence } from "./bus-error.ts";
import { HEADER } from "./headers.ts";
import { type JetStream, numberIn } from "./jetstream.ts";
import type { KeyValueBucket, KeyValueEntry } from "./key-value-types.ts";
import { readLast, readRange, type StoredMessage } from "./read.ts";
import { purgeSubject } from "./timers.ts";

/** JSON values with compare-and-set on the stream of a bucket. */
export function openBucket(jetStream: JetStream, bucket: string): KeyValueBucket {
  const stream = `KV_${bucket}`;
  const subjectOf = (key: string) => `$KV.${bucket}.${key}`;
  const write = (key: string, value: unknown, revision: number, ttlMs?: number) =>
    compareAndSet(jetStream, stream, subjectOf(key), JSON.stringify(value), revision, ttlMs);
  return {
    async get(key) {
      const message = await readLast(jetStream, stream, subjectOf(key));
      return message && toEntry(message);
    },
    create: (key, value, { ttlMs } = {}) => write(key, value, 0, ttlMs),
    update: (key, value, revision, { ttlMs } = {}) => write(key, value, revision, ttlMs),
    async history(key) {
      const last = await readLast(jetStream, stream, subjectOf(key));
      if (!last) return [];
      return (await readRange(jetStream, stream, subjectOf(key), { first: 1, last: last.sequence })).map(toEntry);
    },
    async remove(revision) {
      const answer = await jetStream.call(`STREAM.MSG.DELETE.${stream}`, { seq: revision, no_erase: true });
      if (answer.kind === "error" && !GONE.includes(answer.code)) throw fromApiError(answer);
    },
    purge: (key) => purgeSubject(jetStream, stream, subjectOf(key)),
  };
}

/** Names one write, so that it is recognized when its answer was lost and the retry is refused. */
const WRITE = "Skytide-Write";
/** The revision of a removal is gone already: replaced, expired or removed. A file store calls that a failed deletion. */
const GONE: readonly number[] = [API_ERROR.messageNotFound, API_ERROR.sequenceNotFound, API_ERROR.deleteFailed];

async function compareAndSet(
  jetStream: JetStream,
  stream: string,
  subject: string,
  payload: string,
  revision: number,
  ttlMs: number | undefined,
): Promise<number | null> {
  const write = crypto.randomUUID();
  const headers = {
    [WRITE]: write,
    [HEADER.expectedSubjectSequence]: String(revision),
    // The server counts whole seconds, at least one.
    ...(ttlMs === undefined ? {} : { [HEADER.ttl]: `${Math.max(1, Math.ceil(ttlMs / 1_000))}s` }),
  };
  const answer = await jetStream.store({ subject, payload, headers });
  if (answer.kind === "ok") return numberIn(answer.json, "seq");
  if (!isWrongLastSequence(answer)) throw fromApiError(answer);
  const last = await readLast(jetStream, stream, subject);
  return last?.headers[WRITE] === write ? last.sequence : null;
}

function toEntry({ sequence, publishedAt, payload }: StoredMessage): KeyValueEntry {
  return { revision: sequence, writtenAt: publishedAt, value: JSON.parse(payload) };
}
