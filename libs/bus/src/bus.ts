import { fromApiError } from "./bus-error.ts";
import { createCommit } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { Consumer } from "./consumer.ts";
import type { ConsumerFacts } from "./consumer-types.ts";
import { readConversation, readEventBefore, readLane } from "./conversation.ts";
import { parseJson } from "./delivery.ts";
import { follow } from "./follow.ts";
import { rememberJetStream } from "./internals.ts";
import { createJetStream, type JetStream, numberIn, objectIn, orThrow } from "./jetstream.ts";
import { openBucket } from "./key-value.ts";
import { readFirstAfter, readOriginal } from "./original.ts";
import { publishEvent, publishMessage } from "./publish.ts";
import { purgeBefore } from "./purge-before.ts";
import { countSubjects, readAt, readLast, type StoredMessage } from "./read.ts";
import { removeMessage } from "./remove-message.ts";
import { streamOf } from "./streams.ts";
import { fireNow, purgeSubject, readTimer, scheduleTimer } from "./timers.ts";
import type { Bus, StreamFacts } from "./types.ts";

/** Health checks and gauges ask for these: late is as good as never. */
const INFO_WITHIN_MS = 3_000;

/** The log on an open connection. */
export function createBus(connection: Connection): Bus {
  const jetStream = createJetStream(connection);
  const raw = (subject: string, json: unknown, messageId: string, headers: Record<string, string> = {}) =>
    publishMessage(jetStream, { subject, payload: JSON.stringify(json), headers }, messageId);
  const bus: Bus = {
    publish: (event, options = {}) => publishEvent(jetStream, event, options),
    publishOperation: (subject, json, messageId) => raw(subject, json, messageId),
    publishDeadLetter: raw,
    commit: createCommit(jetStream),
    schedule: (schedule) => scheduleTimer(jetStream, schedule),
    readTimer: (subject) => readTimer(jetStream, subject),
    cancel: (subject) => purgeSubject(jetStream, streamOf(subject), subject),
    fire: (subject, headers) => fireNow(jetStream, subject, headers),
    readConversation: (conversation) => readConversation(jetStream, conversation),
    readLane: (subject, after) => readLane(jetStream, subject, after),
    async lastSequence(subject) {
      return (await readLast(jetStream, streamOf(subject), subject))?.sequence ?? 0;
    },
    firstAfter: (durable, sequence) => readFirstAfter(jetStream, durable, sequence),
    async countMessages(stream, filter) {
      const subjects = Object.values(await countSubjects(jetStream, stream, filter));
      return subjects.reduce((sum, count) => sum + count, 0);
    },
    async readMessage(stream, sequence) {
      return toReadable(await readAt(jetStream, stream, sequence));
    },
    async readOriginal(original) {
      return toReadable(await readOriginal(jetStream, original));
    },
    removeMessage: (stream, sequence) => removeMessage(jetStream, stream, sequence),
    readBefore: (durable, subject, before) => readEventBefore(jetStream, durable, subject, before),
    purgeBefore: (durable, filter, time) => purgeBefore(jetStream, durable, filter, time),
    trim: (subject, keep) => purgeSubject(jetStream, streamOf(subject), subject, keep),
    hint(subject, onMessage) {
      const subscription = connection.nats.subscribe(subject, {
        callback: (error, message) => {
          if (!error) onMessage(message.subject);
        },
      });
      return { stop: () => subscription.unsubscribe() };
    },
    follow: (options) => follow(jetStream, options),
    consume: (options) => new Consumer(jetStream, options),
    async pauseConsumer(stream, durable, until) {
      const body = until === null ? {} : { pause_until: until.toISOString() };
      orThrow(await jetStream.call(`CONSUMER.PAUSE.${stream}.${durable}`, body));
    },
    consumerInfo: (stream, durable) => readConsumerFacts(jetStream, stream, durable),
    streamInfo: (name) => readStreamFacts(jetStream, name),
    keyValue: (bucket) => openBucket(jetStream, bucket),
    connected: () => connection.connected(),
    serverVersion: () => connection.nats.info?.version ?? "0",
    closed: connection.closed,
    async drain() {
      // Without a connection there is nobody to drain to: closing loses nothing that was promised.
      if (!connection.connected()) await connection.nats.close();
      else await connection.nats.drain();
    },
  };
  rememberJetStream(bus, jetStream);
  return bus;
}

function toReadable(found: StoredMessage | null) {
  if (found === null) return null;
  return { publishedAt: found.publishedAt, headers: found.headers, json: () => parseJson(found.payload) };
}

async function readConsumerFacts(jetStream: JetStream, stream: string, durable: string): Promise<ConsumerFacts> {
  const answer = await jetStream.call(`CONSUMER.INFO.${stream}.${durable}`, {}, INFO_WITHIN_MS);
  if (answer.kind === "error") throw fromApiError(answer);
  return {
    pending: numberIn(answer.json, "num_pending"),
    ackPending: numberIn(answer.json, "num_ack_pending"),
    redelivered: numberIn(answer.json, "num_redelivered"),
    delivered: numberIn(objectIn(answer.json, "delivered"), "stream_seq"),
    ackFloor: numberIn(objectIn(answer.json, "ack_floor"), "stream_seq"),
    waiting: numberIn(answer.json, "num_waiting"),
    paused: answer.json.paused === true,
  };
}

async function readStreamFacts(jetStream: JetStream, name: string): Promise<StreamFacts> {
  const json = orThrow(await jetStream.call(`STREAM.INFO.${name}`, {}, INFO_WITHIN_MS));
  const state = objectIn(json, "state");
  return {
    readAt: new Date(String(json.ts)),
    createdAt: String(json.created),
    messages: numberIn(state, "messages"),
    bytes: numberIn(state, "bytes"),
    maxBytes: numberIn(objectIn(json, "config"), "max_bytes"),
    firstSequence: numberIn(state, "first_seq"),
    lastSequence: numberIn(state, "last_seq"),
  };
}
