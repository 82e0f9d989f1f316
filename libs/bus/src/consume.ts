import { PermanentError } from "@skytide/errors";
import type { Msg } from "nats";
import { API_ERROR } from "./bus-error.ts";
import { type Delivery, toDelivery } from "./delivery.ts";
import type { JetStream } from "./jetstream.ts";
import { createPulls } from "./pulls.ts";
import type { BusConsumer, BusMessage, ConsumeOptions } from "./types.ts";

const EXPIRES_MS = 30_000;
/** The server says that a pull is alive; two beats missed and we pull again. */
const HEARTBEAT_MS = 2_000;
const CHECK_MS = 500;
const SILENT_MS = 2 * HEARTBEAT_MS + CHECK_MS;

/** Status codes that the server sends instead of a message. */
const STATUS = { heartbeat: 100, noResponders: 503 } as const;

/**
 * Pulls from a durable exactly what has a free place (decisions/0011): nothing waits in a buffer while its ack wait runs, no
 * replica hoards, and after a reconnect it pulls again at once.
 */
export function createConsumer(jetStream: JetStream, options: ConsumeOptions): BusConsumer {
  const { stream, durable, prefetch, expiresMs = EXPIRES_MS } = options;
  const { connection } = jetStream;
  const inbox = connection.newInbox();
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`;
  const pulls = createPulls(connection, { subject, inbox, prefetch, expiresMs, heartbeatMs: HEARTBEAT_MS });
  const ready: Delivery[] = [];
  let inHand = 0;
  let heardAt = performance.now();
  let stopped = false;
  let failure: Error | undefined;
  let wake = () => {};

  const fill = () => {
    if (!stopped) pulls.fill(inHand);
  };
  const receive = (message: Msg) => {
    heardAt = performance.now();
    const code = message.headers?.code ?? 0;
    if (code === STATUS.heartbeat) return;
    if (code > 0) {
      pulls.ended(message.subject);
      // The next check pulls again: an error that stays must not become a loop.
      if (code === STATUS.noResponders) void checkExists();
      return;
    }
    pulls.delivered();
    inHand += 1;
    const delivery = toDelivery(connection, message, () => {
      inHand -= 1;
      fill();
    });
    if (stopped) delivery.giveBack();
    else ready.push(delivery);
    wake();
  };
  const subscription = connection.nats.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (!error) receive(message);
    },
  });
  const restart = () => {
    heardAt = performance.now();
    pulls.forget();
    fill();
  };
  const checkExists = async () => {
    if (await isMissing(jetStream, stream, durable)) {
      failure = new PermanentError("consumer-missing", `The durable ${durable} of ${stream} does not exist.`);
      wake();
    }
  };
  const check = setInterval(() => {
    if (pulls.waiting() && performance.now() - heardAt > SILENT_MS) {
      restart();
      void checkExists();
    } else fill();
  }, CHECK_MS);
  const stopListening = connection.onReconnect(restart);
  void connection.closed.then(() => end());
  fill();

  const end = () => {
    stopped = true;
    clearInterval(check);
    stopListening();
    wake();
  };

  async function* messages(): AsyncGenerator<BusMessage> {
    for (;;) {
      const next = stopped ? undefined : ready.shift();
      if (next) yield next;
      else if (failure) throw failure;
      else if (stopped) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return {
    [Symbol.asyncIterator]: messages,
    async stop() {
      if (stopped) return;
      end();
      for (const delivery of ready.splice(0)) delivery.giveBack();
      // What is already on its way arrives before the drain ends, and is given back too.
      if (!connection.nats.isClosed()) await subscription.drain();
    },
  };
}

/** True when the server says twice that there is no such durable; not knowing is not missing. */
async function isMissing(jetStream: JetStream, stream: string, durable: string): Promise<boolean> {
  for (let times = 0; times < 2; times += 1) {
    const answer = await jetStream.call(`CONSUMER.INFO.${stream}.${durable}`, {}).catch(() => null);
    const codes: readonly number[] = [API_ERROR.consumerNotFound, API_ERROR.streamNotFound];
    if (answer?.kind !== "error" || !codes.includes(answer.code)) return false;
  }
  return true;
}
