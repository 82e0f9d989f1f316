import { setTimeout as pause } from "node:timers/promises";
import { FleetError } from "./fleet-error.ts";
import type { Exit, Running } from "./running.ts";

/** One process of the fleet: how to start it and when it is ready. */
export interface Part {
  name: string;
  start(): Promise<Running>;
  /** Undefined when it is ready, else what it still waits for. */
  check(): Promise<string | undefined>;
  /** Why it ended, in words for a person. */
  lastWords(): string;
  stopLimitMs: number;
}

export interface PartProgress {
  part: string;
  state: "starting" | "ready" | "down" | "stopping" | "stopped";
  detail?: string;
  pid?: number;
}

export interface Supervised {
  readonly name: string;
  /** 0 while it is down. */
  readonly pid: number;
  /** Resolves when it is ready for the first time; rejects when it never will be. */
  readonly ready: Promise<void>;
  isReady(): boolean;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export interface Observer {
  onProgress(progress: PartProgress): void;
  onStarted(pid: number): void;
}

const POLL_MS = 100;
const READY_WITHIN_MS = 90_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 10_000;
/** A part that ran this long had started well: the pauses begin anew. */
const SETTLED_MS = 30_000;
/** Ends before it was ever ready: after this many it is given up. */
const MAX_FALSE_STARTS = 3;
const EXIT_CONFIG = 78;

interface End {
  /** Continues "brain did not start". */
  why: string;
  /** In a few words. */
  short?: string;
  /** Starting again would not help. */
  final: boolean;
}

/** Starts a part, waits until it is ready, and starts it again with growing pauses whenever it ends, until it is stopped. */
export function supervise(part: Part, { onProgress, onStarted }: Observer): Supervised {
  const first = Promise.withResolvers<void>();
  // Whoever starts the fleet waits for it; a fleet that is stopped before may not care.
  first.promise.catch(() => {});
  const stopping = new AbortController();
  let running: Running | undefined;
  let ready = false;
  let everReady = false;
  let failures = 0;

  const runOnce = async (): Promise<End> => {
    onProgress({ part: part.name, state: "starting" });
    const process = await part.start().catch((error: unknown) => ({ failed: messageOf(error) }));
    if ("failed" in process) return { why: `: ${process.failed}`, final: false };
    running = process;
    onStarted(process.pid);
    const gone = new AbortController();
    const exited = process.exited.then((exit) => {
      ready = false;
      running = undefined;
      gone.abort();
      return exit;
    });
    // The stop came while it was starting.
    if (stopping.signal.aborted) await process.stop(part.stopLimitMs);
    const waiting = await untilReady(part, AbortSignal.any([stopping.signal, gone.signal]), onProgress);
    if (waiting === undefined && !gone.signal.aborted) {
      ready = true;
      everReady = true;
      onProgress({ part: part.name, state: "ready", pid: process.pid });
      first.resolve();
    } else if (waiting !== undefined && !stopping.signal.aborted && !gone.signal.aborted) {
      await process.stop(part.stopLimitMs);
      return { why: ` within ${READY_WITHIN_MS / 1_000} s: ${waiting}\n${part.lastWords()}`, final: true };
    }
    const exit = await exited;
    return { why: ` (${sayExit(exit)}):\n${part.lastWords()}`, short: sayExit(exit), final: exit.code === EXIT_CONFIG };
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      const end = await runOnce();
      if (stopping.signal.aborted) return;
      failures = performance.now() - began > SETTLED_MS ? 1 : failures + 1;
      if (!everReady && (end.final || failures >= MAX_FALSE_STARTS)) {
        throw new FleetError(`${part.name} did not start${end.why}`.trimEnd());
      }
      onProgress({ part: part.name, state: "down", detail: `${end.short ?? "did not start"}, starting again` });
      await pause(pauseMs(failures), undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const loop = run().catch((error: unknown) => first.reject(error));

  return {
    name: part.name,
    get pid() {
      return running?.pid ?? 0;
    },
    ready: first.promise,
    isReady: () => ready,
    kill(signal) {
      if (running) process.kill(running.pid, signal);
    },
    async stop() {
      if (stopping.signal.aborted) return loop;
      stopping.abort();
      first.reject(new FleetError(`${part.name} was stopped before it was ready.`));
      onProgress({ part: part.name, state: "stopping" });
      await running?.stop(part.stopLimitMs);
      await loop;
      onProgress({ part: part.name, state: "stopped" });
    },
  };
}

function pauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}

/** Undefined when the part is ready; else what it still waited for when the time was over or it was told to end. */
async function untilReady(
  part: Part,
  ended: AbortSignal,
  onProgress: Observer["onProgress"],
): Promise<string | undefined> {
  const deadline = performance.now() + READY_WITHIN_MS;
  let said: string | undefined;
  for (;;) {
    const waitsFor = await part.check();
    if (waitsFor === undefined || ended.aborted || performance.now() > deadline) return waitsFor;
    if (waitsFor !== said) onProgress({ part: part.name, state: "starting", detail: waitsFor });
    said = waitsFor;
    await pause(POLL_MS, undefined, { signal: ended }).catch(() => {});
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sayExit({ code, signal }: Exit): string {
  return signal ? `ended by ${signal}` : `ended with code ${code}`;
}
