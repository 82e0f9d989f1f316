import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Msg } from "nats";
import { API_ERROR, unavailable } from "./bus-error.ts";
import { toDelivery } from "./delivery.ts";
import { DURABLES } from "./durables.ts";
import { backoffMs, type JetStream, numberIn, objectIn, orThrow } from "./jetstream.ts";
import { readersOf } from "./lane-readers.ts";
import type { StoredMessage } from "./read.ts";

const STREAM = "CONVERSATIONS";
const SECOND = 1_000_000_000;
/** The server forgets a reader that nobody listens to any longer, should its process die before it says so. */
const INACTIVE_NANOSECONDS = 5 * SECOND;
const WITHIN_MS = 2_000;
const NAME_TRIES = 60;
/** How often a read waits for a replica that is behind; together about two seconds. */
const BEHIND_WAITS = 8;
/** Nothing is acknowledged: the server stops behind the first one. */
const ONE = { ack_policy: "explicit", max_ack_pending: 1 };
const ALL = { ack_policy: "none" };

type Start = { sequence: number } | { time: Date };

interface Reading {
  /** Whose lanes are read: its stage may read no others. */
  durable: string;
  /** A literal subject where it is known: the server counts what waits behind it. */
  filter: string;
  start: Start;
}

/** The message at a sequence of a lane; null when it is gone. */
export async function readOnLane(
  jetStream: JetStream,
  { durable, filter, sequence }: { durable: string; filter: string; sequence: number },
): Promise<StoredMessage | null> {
  const first = await readFirstOnLane(jetStream, { durable, filter, start: { sequence } });
  return first?.sequence === sequence ? first : null;
}

/**
 * The last message of a literal subject below `sequence`, of those stored since then; null when there is none. At `sequence`
 * stands a message of the same subject: only an answer that has come as far as that one is complete.
 */
export async function readBefore(
  jetStream: JetStream,
  durable: string,
  filter: string,
  { sequence, since }: { sequence: number; since: Date },
): Promise<StoredMessage | null> {
  const reading = { durable, filter, start: { time: since } };
  const found = await deliver(jetStream, reading, ALL, (message) => message.sequence >= sequence);
  if ((found?.at(-1)?.sequence ?? 0) < sequence) throw unavailable();
  return found?.findLast((message) => message.sequence < sequence) ?? null;
}

/** The sequence at which a time begins, on any replica: one that is behind names an earlier one. Reads no message. */
export async function sequenceAt(jetStream: JetStream, durable: string, time: Date): Promise<number> {
  const [lane = ""] = DURABLES.find(({ name }) => name === durable)?.filters ?? [];
  // Of nobody: where a reader begins does not depend on what it reads.
  const opened = await open(jetStream, { durable, filter: lane.replaceAll("*", "nobody"), start: { time } }, ONE);
  await opened.close();
  return opened.first;
}

/**
 * The first message of a lane from a start on; null when there is none. A replica that is behind does not have the youngest messages: nothing counts as gone before all of them
 * are up to date.
 */
export async function readFirstOnLane(jetStream: JetStream, reading: Reading): Promise<StoredMessage | null> {
  for (let waits = 0; waits < BEHIND_WAITS; waits += 1) {
    const upToDate = waits > 0 && (await areReplicasCurrent(jetStream));
    const [first] = (await deliver(jetStream, reading, ONE, () => true)) ?? [];
    if (first) return first;
    if (upToDate) return null;
    if (waits > 0) await pause(backoffMs(waits));
  }
  throw unavailable();
}

async function areReplicasCurrent(jetStream: JetStream): Promise<boolean> {
  const { replicas } = objectIn(orThrow(await jetStream.call(`STREAM.INFO.${STREAM}`, {})), "cluster");
  return !Array.isArray(replicas) || replicas.every((replica) => replica.current === true);
}

/** Messages from a start on until one is enough; null when there is none, fewer when no more came in time. */
async function deliver(
  jetStream: JetStream,
  reading: Reading,
  options: object,
  isEnough: (message: StoredMessage) => boolean,
): Promise<StoredMessage[] | null> {
  const found: StoredMessage[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const opened = await open(jetStream, reading, options, (message) => {
    found.push(message);
    if (isEnough(message)) finish();
  });
  const timer = setTimeout(finish, WITHIN_MS);
  try {
    if (opened.empty) return null;
    await finished;
  } finally {
    clearTimeout(timer);
    await opened.close();
  }
  if (found.length === 0) throw unavailable();
  return found;
}

/** What the server delivers comes to an inbox of this reading alone, so that a name that changed hands mixes nothing up. */
async function open(
  jetStream: JetStream,
  { durable, filter, start }: Reading,
  options: object,
  onMessage: (message: StoredMessage) => void = () => {},
) {
  const { nats, newInbox } = jetStream.connection;
  const inbox = newInbox();
  const subscription = nats.subscribe(inbox, {
    callback: (error, message) => {
      if (!error && message.reply) onMessage(toStored(jetStream, message));
    },
  });
  const config = {
    ...{ filter_subject: filter, deliver_subject: inbox, ...startOf(start), ...options },
    ...{ mem_storage: true, num_replicas: 1, inactive_threshold: INACTIVE_NANOSECONDS },
  };
  try {
    const { name, info } = await createReader(jetStream, durable, config);
    const delivered = objectIn(info, "delivered");
    return {
      empty: numberIn(info, "num_pending") === 0 && numberIn(delivered, "consumer_seq") === 0,
      first: numberIn(delivered, "stream_seq") + 1,
      async close() {
        subscription.unsubscribe();
        // The server forgets it by itself too.
        await jetStream.call(`CONSUMER.DELETE.${STREAM}.${name}`, {}, WITHIN_MS).catch(() => undefined);
      },
    };
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }
}

async function createReader(jetStream: JetStream, durable: string, wanted: { filter_subject: string }) {
  const names = readersOf(durable);
  // Told apart from another's of the same name, which the server would take for this one.
  const description = randomBytes(8).toString("hex");
  for (let tries = 0; tries < NAME_TRIES; tries += 1) {
    const name = names[randomInt(names.length)] ?? durable;
    const body = { stream_name: STREAM, config: { ...wanted, name, description }, action: "create" };
    const answer = await jetStream.call(`CONSUMER.CREATE.${STREAM}.${name}.${wanted.filter_subject}`, body);
    const taken = answer.kind === "error" && answer.code === API_ERROR.consumerExists;
    if (!taken) return { name, info: orThrow(answer) };
    await pause(Math.min(tries, 20));
  }
  throw unavailable();
}

function startOf(start: Start): object {
  if ("time" in start) return { deliver_policy: "by_start_time", opt_start_time: start.time.toISOString() };
  return { deliver_policy: "by_start_sequence", opt_start_seq: Math.max(1, start.sequence) };
}

function toStored({ connection }: JetStream, message: Msg): StoredMessage {
  const { subject, sequence, publishedAt, headers } = toDelivery(connection, message, () => {});
  return { subject, sequence, publishedAt, headers, payload: message.string() };
}
