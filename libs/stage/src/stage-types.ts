import type { Bus } from "@skytide/bus";
import type { ConversationEvent, Stage } from "@skytide/events";
import type { Logger, Metrics, Tracer } from "@skytide/telemetry";
import type { z } from "zod";

/** What a check of `/readyz` does: throws when it is not well; a returned string is shown beside its name. */
// biome-ignore lint/suspicious/noConfusingVoidType: a check that has nothing to say returns nothing
export type HealthCheck = (signal: AbortSignal) => Promise<string | void>;

export interface Health {
  /** A named check that readiness depends on. */
  check(name: string, check: HealthCheck): void;
  /** A named check that is shown and never makes the stage unready. */
  report(name: string, check: HealthCheck): void;
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
  clock(): Date;
}

export interface StageOptions<Schema extends z.ZodObject> {
  stage: Stage;
  /** Contains `stageSettings`. */
  schema: Schema;
  env?: Readonly<Record<string, string | undefined>>;
  start(context: StageContext<z.output<Schema>>): Promise<void>;
}

/** How a handler ended when it did not throw. */
export const OUTCOMES = ["ok", "duplicate", "skipped", "paused"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One message in a handler's hands. */
export interface WorkMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly publishedAt: Date;
  /** Deliveries before this one. */
  readonly redelivered: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** The event, where the message is one (stream CONVERSATIONS, and its replays). */
  readonly event: ConversationEvent | undefined;
  readonly organizationId: string;
  /** The chat, or the appointment of a reminder. */
  readonly chat: string;
  /** True when an operator gave a dead letter back. */
  readonly replay: boolean;
  /** Aborted at the drain deadline. */
  readonly signal: AbortSignal;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing ended well
export type Handler = (message: WorkMessage) => Promise<Outcome | void>;

export interface WorkerOptions {
  consumer: { stream: string; durable: string };
  concurrency: number;
  /** How long after its publication a message is tried again on RetryableError; Infinity for ever. */
  deadlineMs: number;
  handler: Handler;
  /** Called once before a message becomes a dead letter: the last chance to tell somebody. */
  onGiveUp?(message: WorkMessage, error: unknown): Promise<void>;
  /** Also reads the stage's `retry-<stage>` durable with the same handler. */
  retryDurable?: boolean;
}
