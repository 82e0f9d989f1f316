import { setTimeout as pause } from "node:timers/promises";
import { PermanentError } from "@skytide/errors";
import type { Msg } from "nats";
import { fromClientError, isTemporary } from "./bus-error.ts";
import type { Connection } from "./connection.ts";
import type { BusMessage } from "./consumer-types.ts";
import { fromHeaders } from "./headers.ts";
import { backoffMs } from "./jetstream.ts";

const ACK_WITHIN_MS = 10_000;
const ACK_ATTEMPT_MS = 2_000;

/** A delivery that says when it is settled, and can be given back unseen. */
export interface Delivery extends BusMessage {
  giveBack(): void;
}

/** Wraps what a pull brought. `onSettled` runs once. */
export function toDelivery(connection: Connection, message: Msg, onSettled: () => void): Delivery {
  const { deliveries, sequence, publishedAt } = parseAckSubject(message.reply ?? "");
  let settled = false;
  const settle = () => {
    if (!settled) onSettled();
    settled = true;
  };
  const say = (text: string) => {
    // A closed connection needs no answer: the ack wait gives the message back.
    if (!connection.nats.isClosed()) message.respond(text);
  };
  return {
    subject: message.subject,
    sequence,
    publishedAt,
    redelivered: deliveries - 1,
    headers: fromHeaders(message.headers),
    json: () => parseJson(message.string()),
    ack: () => confirm(connection, message.reply ?? "").finally(settle),
    nak(delayMs) {
      say(`-NAK ${JSON.stringify({ delay: Math.round(delayMs * 1_000_000) })}`);
      settle();
    },
    working: () => say("+WPI"),
    term(reason) {
      say(`+TERM ${reason}`);
      settle();
    },
    release: settle,
    giveBack: () => say("-NAK"),
  };
}

async function confirm(connection: Connection, reply: string): Promise<void> {
  const deadline = performance.now() + ACK_WITHIN_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await connection.whenConnected(Math.max(0, deadline - performance.now()));
      await connection.nats.request(reply, "+ACK", { timeout: ACK_ATTEMPT_MS });
      return;
    } catch (error) {
      if (!isTemporary(error) || performance.now() > deadline) throw fromClientError(error);
    }
    await pause(backoffMs(attempt));
  }
}

/** The body as JSON. Throws PermanentError `malformed-json`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the text: it stays out.
    throw new PermanentError("malformed-json", "The body is not JSON.", { cause: (cause as Error).name });
  }
}

/**
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<nanoseconds>.<pending>`, with domain and
 * account in front where the server has them (ADR-15).
 */
function parseAckSubject(subject: string): { deliveries: number; sequence: number; publishedAt: Date } {
  const tokens = subject.split(".");
  const [deliveries, sequence, , nanoseconds] = tokens.slice(tokens.length > 9 ? 6 : 4);
  return {
    deliveries: Number(deliveries),
    sequence: Number(sequence),
    publishedAt: new Date(Number(BigInt(nanoseconds ?? 0) / 1_000_000n)),
  };
}
