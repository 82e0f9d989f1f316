import { setTimeout as pause } from "node:timers/promises";
import { type Bus, DURABLES, STREAM_NAMES } from "@skytide/bus";
import type { Stage } from "@skytide/events";
import type { Logger, Metrics } from "@skytide/telemetry";

/** Fresh enough for alerts that wait for minutes, cheap enough for every process. */
const EVERY_MS = 10_000;

interface Deps {
  stage: Stage;
  bus: Bus;
  metrics: Metrics;
  log: Logger;
  clock(): Date;
  /** The consumers that this process reads. */
  consumers(): readonly { stream: string; durable: string }[];
}

type StreamName = (typeof STREAM_NAMES)[number];

/**
 * Gauges of what this stage shares with its replicas: its consumers, their streams, its dead letters. Every replica shows the
 * same, so queries take `max by`.
 */
export function createLogGauges({ stage, bus, metrics, log, clock, consumers }: Deps) {
  const gauges = createLogMetrics(metrics, stage);

  async function readConsumer(stream: StreamName, durable: string): Promise<{ paused: boolean }> {
    const facts = await bus.consumerInfo(stream, durable);
    const labels = { stream, consumer: durable };
    gauges.pending.set(labels, facts.pending);
    gauges.ackPending.set(labels, facts.ackPending);
    gauges.redelivered.set(labels, facts.redelivered);
    gauges.waiting.set(labels, facts.waiting);
    gauges.paused.set(labels, facts.paused ? 1 : 0);
    gauges.delivered.set(labels, facts.delivered);
    gauges.ackFloor.set(labels, facts.ackFloor);
    const oldest = facts.pending + facts.ackPending > 0 ? await bus.firstAfter(durable, facts.ackFloor) : null;
    gauges.oldestAge.set(labels, oldest === null ? 0 : Math.max(0, (clock().getTime() - oldest.getTime()) / 1_000));
    return facts;
  }

  async function readStream(stream: StreamName): Promise<void> {
    const facts = await bus.streamInfo(stream);
    gauges.messages.set({ stream }, facts.messages);
    gauges.bytes.set({ stream }, facts.bytes);
    gauges.maxBytes.set({ stream }, Math.max(0, facts.maxBytes));
  }

  async function readAll(): Promise<void> {
    const own = DURABLES.filter(({ stream, name }) =>
      consumers().some((one) => one.stream === stream && one.durable === name),
    );
    let paused = 0;
    for (const { stream, name } of own) if ((await readConsumer(stream, name)).paused) paused += 1;
    metrics.paused("stage", paused);
    for (const stream of new Set([...own.map(({ stream }) => stream), "DEADLETTERS" as const]))
      await readStream(stream);
    gauges.deadLetters.set({ stage }, await bus.countMessages("DEADLETTERS", `dead.${stage}.>`));
    gauges.polledAt.set({}, clock().getTime() / 1_000);
  }

  return {
    readAll,
    /** Reads again and again until the signal stops it; what cannot be read keeps its last value and its age tells. */
    async keepReading(signal: AbortSignal): Promise<void> {
      let failing = false;
      while (!signal.aborted) {
        try {
          await readAll();
          failing = false;
        } catch (error) {
          if (!failing) log.error("log-gauges-failed", error);
          failing = true;
        }
        await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** The gauges, before anything was read. */
export function createLogMetrics(metrics: Metrics, stage: Stage) {
  const consumer = { stream: STREAM_NAMES, consumer: DURABLES.map(({ name }) => name) };
  const stream = { stream: STREAM_NAMES };
  const of = <const Labels extends Readonly<Record<string, readonly string[]>>>(
    name: string,
    help: string,
    labels: Labels,
  ) => metrics.gauge({ name: `skytide_${name}`, help, labels });
  return {
    pending: of("jetstream_consumer_pending", "Messages that wait for the consumer.", consumer),
    ackPending: of("jetstream_consumer_ack_pending", "Messages that were delivered and are not settled.", consumer),
    redelivered: of("jetstream_consumer_redelivered", "Of those, delivered more than once.", consumer),
    waiting: of("jetstream_consumer_waiting", "Pulls of workers that wait for messages.", consumer),
    paused: of("jetstream_consumer_paused", "1 while an operator paused the consumer.", consumer),
    delivered: of("jetstream_consumer_delivered_sequence", "Sequence that was delivered last.", consumer),
    ackFloor: of("jetstream_consumer_ack_floor_sequence", "Everything up to this sequence is settled.", consumer),
    oldestAge: of(
      "jetstream_consumer_oldest_age_seconds",
      "Age of the first message that is not settled; 0 without one.",
      consumer,
    ),
    messages: of("jetstream_stream_messages", "Messages of the stream.", stream),
    bytes: of("jetstream_stream_bytes", "Bytes of the stream.", stream),
    maxBytes: of("jetstream_stream_max_bytes", "What the stream may hold; 0 without a limit.", stream),
    deadLetters: of("dead_letters", "Dead letters of the stage that wait for somebody.", { stage: [stage] }),
    polledAt: of("jetstream_poll_timestamp_seconds", "When these gauges were read.", {}),
  };
}
