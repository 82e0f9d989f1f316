import { PermanentError } from "@skytide/errors";
import type { Msg, Subscription } from "nats";
import { API_ERROR } from "./bus-error.ts";
import type { BusConsumer, ConsumeOptions } from "./consumer-types.ts";
import { type Delivery, toDelivery } from "./delivery.ts";
import type { JetStream } from "./jetstream.ts";
import { createMessageQueue } from "./message-queue.ts";
import { createPulls, type Pulls } from "./pulls.ts";

const EXPIRES_MS = 30_000;
/** The server says that a pull is alive; two beats missed and we pull again. */
const HEARTBEAT_MS = 2_000;
const CHECK_MS = 500;
const SILENT_MS = 2 * HEARTBEAT_MS + CHECK_MS;

/** Status codes that the server sends instead of a message. */
const STATUS = { heartbeat: 100, badRequest: 400, noMessages: 404, expired: 408, noResponders: 503 } as const;

/**
 * Pulls from a durable exactly what has a free place (decisions/0011): nothing waits in a buffer while its ack wait runs, no
 * replica hoards, and after a reconnect it pulls again at once.
 */
export class Consumer implements BusConsumer {
  readonly #jetStream: JetStream;
  readonly #options: ConsumeOptions;
  readonly #pulls: Pulls;
  readonly #queue = createMessageQueue<Delivery>();
  readonly #subscription: Subscription;
  readonly #check: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #inHand = 0;
  #heardAt = performance.now();
  /** Like `#heardAt`, but pulling anew does not count as hearing. */
  #wordAt = performance.now();
  #stopped = false;
  #paused = false;

  constructor(jetStream: JetStream, options: ConsumeOptions) {
    const { stream, durable, prefetch, expiresMs = EXPIRES_MS } = options;
    const { connection } = jetStream;
    const inbox = connection.newInbox();
    this.#jetStream = jetStream;
    this.#options = options;
    this.#pulls = createPulls(connection, {
      subject: `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
      ...{ inbox, prefetch, expiresMs, heartbeatMs: Math.min(HEARTBEAT_MS, Math.round(expiresMs / 3)) },
    });
    this.#subscription = connection.nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.#receive(message);
      },
    });
    this.#check = setInterval(() => this.#watch(), CHECK_MS);
    this.#stopListening = connection.onReconnect(() => {
      this.#wordAt = performance.now();
      this.#pullAnew();
    });
    void connection.closed.then(() => this.#end());
    this.#fill();
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    return this.#queue[Symbol.asyncIterator]();
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#heardAt = this.#wordAt = performance.now();
    this.#fill();
  }

  signs(): { listening: boolean; heardMsAgo: number } {
    const free = this.#inHand < this.#options.prefetch && !this.#paused && !this.#stopped;
    const listening = free && this.#jetStream.connection.connected();
    return { listening, heardMsAgo: performance.now() - this.#wordAt };
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#end();
    // What is already on its way arrives before the drain ends, and is given back too.
    if (!this.#subscription.isClosed()) await this.#subscription.drain();
  }

  #end(): void {
    this.#stopped = true;
    clearInterval(this.#check);
    this.#stopListening();
    for (const delivery of this.#queue.end()) delivery.giveBack();
  }

  #fill(): void {
    if (!this.#stopped && !this.#paused) this.#pulls.fill(this.#inHand);
  }

  #receive(message: Msg): void {
    this.#heardAt = this.#wordAt = performance.now();
    const code = message.headers?.code ?? 0;
    if (code === STATUS.heartbeat) return;
    if (code > 0) {
      this.#pulls.ended(message.subject);
      this.#obey(code);
      return;
    }
    this.#pulls.delivered();
    this.#inHand += 1;
    const delivery = toDelivery(this.#jetStream.connection, message, () => {
      // Without a free place there was nothing to hear.
      if (this.#inHand === this.#options.prefetch) this.#wordAt = performance.now();
      this.#inHand -= 1;
      this.#fill();
    });
    if (this.#stopped) delivery.giveBack();
    else this.#queue.push(delivery);
    this.#fill();
  }

  #obey(code: number): void {
    if (code === STATUS.badRequest) this.#fail("pull-refused", "The server refused a pull request.");
    else if (code === STATUS.expired || code === STATUS.noMessages) this.#fill();
    // After anything else the next check pulls again: an error that stays must not become a loop.
    else if (code === STATUS.noResponders) void this.#failIfMissing();
  }

  #watch(): void {
    if (this.#pulls.waiting() && performance.now() - this.#heardAt > SILENT_MS) {
      this.#pullAnew();
      void this.#failIfMissing();
    } else this.#fill();
  }

  #pullAnew(): void {
    this.#heardAt = performance.now();
    this.#pulls.forget();
    this.#fill();
  }

  async #failIfMissing(): Promise<void> {
    const { stream, durable } = this.#options;
    if (await isMissing(this.#jetStream, stream, durable)) {
      this.#fail("consumer-missing", `The durable ${durable} of ${stream} does not exist.`);
    }
  }

  #fail(code: string, message: string): void {
    this.#queue.fail(new PermanentError(code, message));
  }
}

/** True when the server says twice that there is no such durable; not knowing is not missing. */
async function isMissing(jetStream: JetStream, stream: string, durable: string): Promise<boolean> {
  const codes: readonly number[] = [API_ERROR.consumerNotFound, API_ERROR.streamNotFound];
  for (let times = 0; times < 2; times += 1) {
    const answer = await jetStream.call(`CONSUMER.INFO.${stream}.${durable}`, {}).catch(() => null);
    if (answer?.kind !== "error" || !codes.includes(answer.code)) return false;
  }
  return true;
}
