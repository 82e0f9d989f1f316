import type { Msg } from "nats";
import { API_ERROR, fromApiError } from "./bus-error.ts";
import { fromHeaders, parseHeaderBlock } from "./headers.ts";
import { type JetStream, numberIn, objectIn, orThrow } from "./jetstream.ts";

/** A message as it stands in a stream. */
export interface StoredMessage {
  subject: string;
  sequence: number;
  publishedAt: Date;
  headers: Record<string, string>;
  payload: string;
}

/** Messages per batch read: there is no flow control, and the whole batch stands in memory. */
const BATCH = 256;
const BATCH_BYTES = 4 * 1_024 * 1_024;
const BATCH_WITHIN_MS = 2_000;
const NO_MESSAGES = 404;

/** Asks the leader for the last message of a subject. */
export function readLast(jetStream: JetStream, stream: string, subject: string): Promise<StoredMessage | null> {
  return readFromLeader(jetStream, stream, { last_by_subj: subject });
}

/** Asks the leader for the message at a sequence; null when it is gone. */
export function readAt(jetStream: JetStream, stream: string, sequence: number): Promise<StoredMessage | null> {
  return readFromLeader(jetStream, stream, { seq: sequence });
}

/**
 * Every message of a literal subject from `first` to `last`, where the leader said that `last` exists. Reads in batches
 * from any replica; what a replica does not have yet is read from the leader.
 */
export async function readRange(
  jetStream: JetStream,
  stream: string,
  subject: string,
  { first, last }: { first: number; last: number },
): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  let next = first;
  while (next <= last) {
    let batch = await readBatch(jetStream, stream, subject, { seq: next });
    if (batch.length === 0) batch = await readNext(jetStream, stream, subject, next);
    const newest = batch.at(-1);
    if (!newest) break;
    found.push(...batch.filter(({ sequence }) => sequence <= last));
    next = newest.sequence + 1;
  }
  return found;
}

/** The first message of a subject or filter from a sequence on, by the leader. */
export async function readNext(
  jetStream: JetStream,
  stream: string,
  subject: string,
  from: number,
): Promise<StoredMessage[]> {
  const message = await readFromLeader(jetStream, stream, { seq: from, next_by_subj: subject });
  return message ? [message] : [];
}

async function readFromLeader(jetStream: JetStream, stream: string, query: object): Promise<StoredMessage | null> {
  const answer = await jetStream.call(`STREAM.MSG.GET.${stream}`, query);
  if (answer.kind === "error") {
    if (answer.code === API_ERROR.messageNotFound) return null;
    throw fromApiError(answer);
  }
  const message = objectIn(answer.json, "message");
  return {
    subject: String(message.subject),
    sequence: numberIn(message, "seq"),
    publishedAt: new Date(String(message.time)),
    headers: parseHeaderBlock(fromBase64(message.hdrs)),
    payload: fromBase64(message.data),
  };
}

function fromBase64(text: unknown): string {
  return typeof text === "string" ? Buffer.from(text, "base64").toString("utf8") : "";
}

/** One batch of direct gets (ADR-31): messages until a status closes it. A batch that stays open counts as far as it came. */
function readBatch(
  jetStream: JetStream,
  stream: string,
  subject: string,
  start: { seq: number },
): Promise<StoredMessage[]> {
  const { nats, newInbox } = jetStream.connection;
  const inbox = newInbox();
  const batch: StoredMessage[] = [];
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      subscription.unsubscribe();
      resolve(batch);
    };
    const timer = setTimeout(finish, BATCH_WITHIN_MS);
    const subscription = nats.subscribe(inbox, {
      callback: (error, message) => {
        // Every status ends the batch: 204 the end, 404 nothing there, 503 nobody to ask.
        if (error || (message.headers?.code ?? NO_MESSAGES) > 0) return finish();
        batch.push(fromDirectGet(message));
      },
    });
    const query = { ...start, next_by_subj: subject, batch: BATCH, max_bytes: BATCH_BYTES };
    nats.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(query), { reply: inbox });
  });
}

function fromDirectGet(message: Msg): StoredMessage {
  const headers = fromHeaders(message.headers);
  return {
    subject: String(headers["Nats-Subject"]),
    sequence: Number(headers["Nats-Sequence"]),
    publishedAt: new Date(headers["Nats-Time-Stamp"] ?? 0),
    headers,
    payload: message.string(),
  };
}

/** How many messages each subject has that a filter matches. */
export async function countSubjects(
  jetStream: JetStream,
  stream: string,
  filter: string,
): Promise<Record<string, number>> {
  const info = orThrow(await jetStream.call(`STREAM.INFO.${stream}`, { subjects_filter: filter }));
  return objectIn(objectIn(info, "state"), "subjects") as Record<string, number>;
}
