import type { StageContext, WorkerOptions } from "./stage-types.ts";

/** Reads a durable consumer with a handler until the stage drains. */
export function runWorker(_context: StageContext<unknown>, _options: WorkerOptions): void {
  throw new Error("not built yet");
}
