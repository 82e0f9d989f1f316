import type { Metrics } from "./metrics-types.ts";
import type { Tracer } from "./tracer-types.ts";

export interface TracerOptions {
  service: string;
  version: string;
  langfuse?: { host: string; publicKey: string; secretKey: string } | undefined;
  metrics?: Metrics;
}

/** Creates the process's tracer; without Langfuse it does nothing. */
export function createTracer(_options: TracerOptions): Tracer {
  return {
    turn: (start) => ({ traceparent: start.traceparent, generation: () => {}, span: () => {}, end: () => {} }),
    shutdown: async () => {},
  };
}
