import type { Bus, BusMessage } from "@skytide/bus";

/** What is taken at once of a stream's flood: most of it is put aside, and each pull costs a round trip. */
const PREFETCH = 256;
/** Short, so that nothing that comes after the flood is promised to this process. */
const EXPIRES_MS = 1_000;
/** A flood that paused so long is over. */
const OVER_AFTER_MS = 1_000;

export interface FloodReader {
  /** Something was put aside: there may be much more of it in front of what others wait for. */
  sawSurplus(): void;
  stop(): Promise<void>;
}

/** Reads a durable beside its consumer, in large bites, for as long as most of it is surplus (decisions/0060). */
export function createFloodReader(
  bus: Bus,
  place: { stream: string; durable: string },
  begin: (message: BusMessage) => void,
): FloodReader {
  let seenAt = 0;
  let stopped = false;
  let running: Promise<void> | undefined;
  let stopReading: (() => Promise<void>) | undefined;

  const read = async () => {
    const consumer = bus.consume({ ...place, prefetch: PREFETCH, expiresMs: EXPIRES_MS });
    stopReading = () => consumer.stop();
    const watching = setInterval(() => {
      if (performance.now() - seenAt > OVER_AFTER_MS) void consumer.stop();
    }, EXPIRES_MS / 4);
    try {
      for await (const message of consumer) {
        if (stopped) message.nak(0);
        else begin(message);
      }
    } finally {
      clearInterval(watching);
      await consumer.stop();
    }
  };

  return {
    sawSurplus() {
      seenAt = performance.now();
      if (stopped) return;
      // Its loss is the main consumer's to report.
      running ??= read()
        .catch(() => undefined)
        .finally(() => {
          running = undefined;
        });
    },
    async stop() {
      stopped = true;
      await stopReading?.();
      await running;
    },
  };
}
