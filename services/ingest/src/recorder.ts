import { PermanentError } from "@skytide/errors";
import type { ConversationEvent } from "@skytide/events";
import type { IngestMetrics } from "./metrics.ts";

export interface RecorderDeps {
  recordEvents(events: readonly ConversationEvent[]): Promise<{ recorded: number; duplicates: number }>;
  /** Most events written at once, and how long the first of them waits for others. */
  batch: { size: number; waitMs: number };
  metrics: Pick<IngestMetrics, "recorded">;
}

interface Waiting {
  event: ConversationEvent;
  resolve(): void;
  reject(error: unknown): void;
}

/** Writes the log's events to the database in batches; each call ends when its event is written, so that it is acknowledged after. */
export function createRecorder({ recordEvents, batch, metrics }: RecorderDeps) {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const taken = waiting;
    waiting = [];
    void write(taken);
  }

  async function write(taken: readonly Waiting[]): Promise<void> {
    try {
      const { recorded, duplicates } = await recordEvents(taken.map(({ event }) => event));
      metrics.recorded.inc({ outcome: "recorded" }, recorded);
      metrics.recorded.inc({ outcome: "duplicate" }, duplicates);
      for (const { resolve } of taken) resolve();
    } catch (error) {
      if (!(error instanceof PermanentError) || taken.length < 2) {
        for (const { reject } of taken) reject(error);
        return;
      }
      // One event that cannot be written must not take the others with it: halve until it stands alone.
      const middle = Math.ceil(taken.length / 2);
      await write(taken.slice(0, middle));
      await write(taken.slice(middle));
    }
  }

  return (event: ConversationEvent): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ event, resolve, reject });
      if (waiting.length >= batch.size) flush();
      else timer ??= setTimeout(flush, batch.waitMs);
    });
}
