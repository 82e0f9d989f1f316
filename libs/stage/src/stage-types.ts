import type { Bus } from "@skytide/bus";
import type { ConversationEvent, Stage } from "@skytide/events";
import type { Logger, Metrics, Tracer } from "@skytide/telemetry";
import type { z } from "zod";
import type { DatabaseProbe } from "./guard-database.ts";
import type { Pipeline } from "./pipeline.ts";

/** What a check of `/readyz` does: throws when it is not well; what it returns is shown beside its name. */
// biome-ignore lint/suspicious/noConfusingVoidType: a check with nothing to say returns nothing
export type HealthCheck = (signal: AbortSignal) => Promise<string | void>;

export interface Health {
  /** A named check that readiness depends on; `fix` says what to do when it is not well. */
  check(name: string, check: HealthCheck, fix?: string): void;
  /** A named check that is shown and never makes the stage unready. */
  report(name: string, check: HealthCheck, fix?: string): void;
}

/** What a stage's `start` gets. */
export interface StageContext<Config> {
  readonly stage: Stage;
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly bus: Bus;
  /** Register each closing right after opening; closed in reverse on SIGTERM. */
  readonly stack: AsyncDisposableStack;
  /** Aborted at the drain deadline: stop what still runs and give it back. */
  readonly signal: AbortSignal;
  readonly health: Health;
  /**
   * Names the stage's database by a probe of it: shown by `/readyz`, and while it is away the stage does not pull. A stage
   * that waits for its database is ready: nothing would be gained by taking it out. One whose schema is older than `wanted`
   * is not: a rollout waits for the migrations.
   */
  guardDatabase(probe: DatabaseProbe, wanted: string): void;
  /** What the workers of this stage share; for `runWorker` alone. */
  readonly pipeline: Pipeline;
  clock(): Date;
  /** The stage cannot go on: it is logged, what is in hand is given back, the process ends with 1. */
  fail(code: string, error: unknown): void;
}

export interface StageOptions<Schema extends z.ZodObject> {
  stage: Stage;
  /** Contains `stageSettings`. */
  schema: Schema;
  /** The environment; `process.env` unless given. */
  env?: Readonly<Record<string, string | undefined>>;
  start(context: StageContext<z.output<Schema>>): Promise<void>;
}

/** How a handler ended when it did not throw. */
export type Outcome = "ok" | "duplicate" | "skipped" | "paused";

/** One message in a handler's hands. */
export interface WorkMessage {
  readonly subject: string;
  /** Where it stands in its stream; of a replay, where the original stands. */
  readonly sequence: number;
  /** When it was published; of a replay, when it was given back. */
  readonly publishedAt: Date;
  /** Deliveries before this one. */
  readonly redelivered: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** The event, where the stream is CONVERSATIONS. */
  readonly event: ConversationEvent | undefined;
  readonly organizationId: string;
  /** The conversation; of a reminder, the appointment. */
  readonly chat: string;
  /** True when an operator gave a dead letter back. */
  readonly replay: boolean;
  /** Aborted at the drain deadline. */
  readonly signal: AbortSignal;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that says nothing ended well
export type Handler = (message: WorkMessage) => Promise<Outcome | void>;

export interface WorkerOptions {
  consumer: { stream: string; durable: string };
  concurrency: number;
  /** How long after its publication a message is tried again on RetryableError; Infinity for ever. */
  deadlineMs: number;
  handler: Handler;
  /** Called before a message becomes a dead letter: the last chance to tell somebody. May run twice. */
  onGiveUp?(message: WorkMessage, error: unknown): Promise<void>;
  /** This process reads the stage's `retry-<stage>` durable; a replay goes to the handler of the durable that gave up. */
  retryDurable?: boolean;
  /** Waits between attempts: doubling from the first to the last. */
  backoff?: { firstMs: number; lastMs: number };
}
