import type { BusMessage } from "@skytide/bus";
import { createAdmission } from "./admission.ts";
import { createFloodReader } from "./flood-reader.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { orMissing } from "./log-checks.ts";
import type { StageContext, WorkerOptions } from "./stage-types.ts";

/**
 * Reads a durable consumer with a handler until the stage drains: then pulling stops, what was not started is given back
 * at once, and what was started is waited for.
 */
export function runWorker(context: StageContext<unknown>, options: WorkerOptions): void {
  const { stream, durable } = options.consumer;
  const { pipeline, stage } = context;
  if (pipeline.workers.has(durable)) throw new Error(`two workers read ${durable}`);
  pipeline.workers.set(durable, options);
  pipeline.metrics.limit.add({ stage }, options.concurrency);
  const place = { stream, durable, concurrency: options.concurrency };
  const flood = createFloodReader(context.bus, place, (message) => begin(message));
  const admission = createAdmission(context, place, flood.sawSurplus);
  const { begin } = readConsumer(context, place, admission.handle);
  // What waits here goes to others at once.
  haltWith(context, async () => {
    admission.halt();
    await flood.stop();
  });
  if (!options.retryDurable) return;
  const retries = { stream: "DEADLETTERS", durable: `retry-${stage}`, concurrency: 1 };
  readConsumer(context, retries, (message) => handleDelivery(context, { ...retries, message }));
}

interface Place {
  stream: string;
  durable: string;
  concurrency: number;
}

function readConsumer(
  context: StageContext<unknown>,
  { stream, durable, concurrency }: Place,
  handle: (message: BusMessage) => Promise<void>,
): { begin(message: BusMessage): void } {
  const { bus, stack, health, log, pipeline } = context;
  // The prefetch is the concurrency, so what arrives is started at once.
  const consumer = bus.consume({ stream, durable, prefetch: concurrency });
  const inHand = new Set<Promise<void>>();
  let stopping = false;

  let movedAt = performance.now();

  const begin = (message: BusMessage) => {
    movedAt = performance.now();
    const work = handle(message).finally(() => {
      movedAt = performance.now();
      inHand.delete(work);
    });
    inHand.add(work);
  };
  pipeline.life.set(durable, () => ({
    ...consumer.signs(),
    ...{ inHand: inHand.size, concurrency, movedMsAgo: performance.now() - movedAt },
  }));
  const followDatabase = () => consumer.pause(pipeline.database.isOpen());
  pipeline.database.onChange(followDatabase);
  const read = async () => {
    for await (const message of consumer) {
      if (stopping) message.nak(0);
      else begin(message);
    }
    if (!stopping) throw new Error(`the consumer ${durable} ended`);
  };
  const reading = read().catch((error: unknown) => context.fail("consumer-lost", error));

  health.check(`consumer ${durable}`, async () => {
    const facts = await orMissing(`the consumer ${durable}`, () => bus.consumerInfo(stream, durable));
    return facts.paused ? "paused" : `${facts.pending} waiting`;
  });
  // Closed in reverse: first it halts, then what was begun is waited for.
  stack.defer(async () => {
    await Promise.all(inHand);
  });
  haltWith(context, async () => {
    stopping = true;
    log.event("worker-stopping", { durable, count: inHand.size });
    await consumer.stop();
    await reading;
  });
  return { begin };
}

/** Registers what ends the pulling: it runs when the stage drains, or when it is closed before it was ever ready. */
function haltWith({ pipeline, stack }: StageContext<unknown>, work: () => Promise<void>): void {
  let halted: Promise<void> | undefined;
  const halt = () => {
    halted ??= work();
    return halted;
  };
  pipeline.halts.push(halt);
  stack.defer(halt);
}
