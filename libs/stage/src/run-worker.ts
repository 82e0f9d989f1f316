import type { BusMessage } from "@skytide/bus";
import { handleDelivery } from "./handle-delivery.ts";
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
  readConsumer(context, { stream, durable, concurrency: options.concurrency });
  if (options.retryDurable) readConsumer(context, { stream: "DEADLETTERS", durable: `retry-${stage}`, concurrency: 1 });
}

interface Place {
  stream: string;
  durable: string;
  concurrency: number;
}

function readConsumer(context: StageContext<unknown>, { stream, durable, concurrency }: Place): void {
  const { bus, stack, health, log } = context;
  // The prefetch is the concurrency, so what arrives is started at once.
  const consumer = bus.consume({ stream, durable, prefetch: concurrency });
  const inHand = new Set<Promise<void>>();
  let stopping = false;

  const begin = (message: BusMessage) => {
    const work = handleDelivery(context, { stream, durable, message }).finally(() => inHand.delete(work));
    inHand.add(work);
  };
  const read = async () => {
    for await (const message of consumer) {
      if (stopping) message.nak(0);
      else begin(message);
    }
    if (!stopping) throw new Error(`the consumer ${durable} ended`);
  };
  const reading = read().catch((error: unknown) => context.fail("consumer-lost", error));

  health.check(`consumer ${durable}`, async () => {
    const facts = await bus.consumerInfo(stream, durable);
    return facts.paused ? "paused" : `${facts.pending} waiting`;
  });
  stack.defer(async () => {
    stopping = true;
    log.event("worker-stopping", { durable, count: inHand.size });
    await consumer.stop();
    await reading;
    await Promise.all(inHand);
  });
}
