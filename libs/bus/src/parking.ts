import { ErrorCode, type Msg, NatsError } from "nats";
import { fromClientError } from "./bus-error.ts";
import type { BusMessage } from "./consumer-types.ts";
import { parseJson, toDelivery } from "./delivery.ts";
import { DURABLES } from "./durables.ts";
import { type JetStream, objectIn, orThrow } from "./jetstream.ts";
import { readOriginal } from "./original.ts";
import type { Parking } from "./parking-types.ts";
import { publishMessage } from "./publish.ts";

const STREAM = "PARKED";
const SECOND = 1_000_000_000;
const ACK_WAIT_NANOSECONDS = 12 * SECOND;
/** Retries that one organization may have waiting before its lane stands still; nobody else's does. */
const MAX_ACK_PENDING = 1_000;
/** The server forgets the reader of a lane that nobody reads; its messages stay. */
const INACTIVE_NANOSECONDS = 15 * 60 * SECOND;
const TAKE_WITHIN_MS = 2_000;
const INFO_WITHIN_MS = 3_000;

interface Reference {
  stream: string;
  /** Older versions left it out. */
  subject?: string;
  sequence: number;
  redelivered: number;
}

const subjectOf = (durable: string, organizationId: string) => `park.${durable}.${organizationId}`;
const readerOf = (durable: string, organizationId: string) => `${durable}-${organizationId}`;

/** The lanes of parked messages. */
export function createParking(jetStream: JetStream): Parking {
  return {
    async park({ durable, organizationId, stream, message }) {
      const { subject, sequence, redelivered, headers } = message;
      const { traceparent } = headers;
      const reference: Reference = { stream, subject, sequence, redelivered };
      await publishMessage(
        jetStream,
        {
          subject: subjectOf(durable, organizationId),
          payload: JSON.stringify(reference),
          headers: traceparent === undefined ? {} : { traceparent },
        },
        `${durable}-${sequence}`,
      );
    },
    async waiting(durable) {
      const query = { subjects_filter: `park.${durable}.*` };
      const json = orThrow(await jetStream.call(`STREAM.INFO.${STREAM}`, query, INFO_WITHIN_MS));
      const subjects = objectIn(objectIn(json, "state"), "subjects");
      return new Map(Object.entries(subjects).map(([subject, count]) => [subject.split(".")[2] ?? "", Number(count)]));
    },
    async take(durable, organizationId) {
      for (;;) {
        const parked = await pullOne(jetStream, durable, organizationId);
        if (parked === null) return null;
        const delivery = toDelivery(jetStream.connection, parked, () => {});
        const reference = delivery.json() as Reference;
        const message = await toOriginal(jetStream, durable, delivery, reference);
        if (message !== null) return message;
        // Erased or aged out since: there is nothing left to do.
        await delivery.ack();
      }
    },
  };
}

async function pullOne(
  jetStream: JetStream,
  durable: string,
  organizationId: string,
  again = true,
): Promise<Msg | null> {
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${readerOf(durable, organizationId)}`;
  const body = JSON.stringify({ batch: 1, no_wait: true });
  try {
    // Its own subscription: what is delivered carries the lane's subject, by which the client's shared one would not know it.
    const message = await jetStream.connection.nats.request(subject, body, { timeout: TAKE_WITHIN_MS, noMux: true });
    return (message.headers?.code ?? 0) > 0 ? null : message;
  } catch (error) {
    const missing = error instanceof NatsError && error.code === ErrorCode.NoResponders;
    if (!missing || !again) throw fromClientError(error);
    await createReader(jetStream, durable, organizationId);
    return await pullOne(jetStream, durable, organizationId, false);
  }
}

async function createReader(jetStream: JetStream, durable: string, organizationId: string): Promise<void> {
  const [name, filter] = [readerOf(durable, organizationId), subjectOf(durable, organizationId)];
  const config = {
    durable_name: name,
    filter_subject: filter,
    deliver_policy: "all",
    ack_policy: "explicit",
    ack_wait: ACK_WAIT_NANOSECONDS,
    max_deliver: -1,
    max_ack_pending: MAX_ACK_PENDING,
    inactive_threshold: INACTIVE_NANOSECONDS,
  };
  orThrow(await jetStream.call(`CONSUMER.CREATE.${STREAM}.${name}.${filter}`, { stream_name: STREAM, config }));
}

/** The delivery as it was before it was parked, settled where it stands now; null when the original is gone. */
async function toOriginal(
  jetStream: JetStream,
  durable: string,
  parked: BusMessage,
  { stream, subject, sequence, redelivered }: Reference,
): Promise<BusMessage | null> {
  const places = subject === undefined ? (DURABLES.find(({ name }) => name === durable)?.filters ?? []) : [subject];
  const found = await Promise.all(
    places.map((place) => readOriginal(jetStream, { durable, stream, subject: place, sequence })),
  );
  const original = found.find((one) => one !== null) ?? null;
  if (original === null) return null;
  return {
    ...parked,
    subject: original.subject,
    sequence,
    publishedAt: original.publishedAt,
    redelivered: redelivered + parked.redelivered,
    headers: original.headers,
    json: () => parseJson(original.payload),
  };
}
