import { PermanentError } from "@skytide/errors";
import { type ConversationEvent, parseTimerSubject } from "@skytide/events";
import { urgencyOf } from "./debounce.ts";
import type { TurnTimers } from "./timers.ts";
import type { GivenUp, TurnResult } from "./turn/index.ts";

interface Addressed {
  organizationId: string;
  chat: string;
}

/** The debounce rule: an event on the inbound or hand-off lane arms its conversation's timer, or means nothing to it. */
export function createDebounceHandler(timers: TurnTimers) {
  return async ({ event, ...conversation }: Addressed & { event: ConversationEvent }): Promise<"ok" | "skipped"> => {
    const firstAt = new Date(event.time);
    switch (urgencyOf(event)) {
      case "debounced":
        await timers.armBurst(conversation, firstAt);
        return "ok";
      case "at-once":
        await timers.armNow(conversation, firstAt);
        return "ok";
      case "if-waiting":
        await timers.armIfWaiting(conversation, firstAt);
        return "ok";
      case "none":
        return "skipped";
    }
  };
}

interface TurnHandlerDeps {
  turn(attempt: Addressed & { signal: AbortSignal; silent: boolean; dueAt?: Date }): Promise<TurnResult>;
  giveUp(turn: Addressed & { code: string; attempts: number }): Promise<GivenUp>;
  /** Told of every ended turn. */
  observe(conversation: Addressed, result: TurnResult): void;
  observeFailure(conversation: Addressed, code: string, told: GivenUp): void;
}

interface DueTurn extends Addressed {
  /** What fired. */
  subject: string;
  /** When it fired. */
  publishedAt?: Date;
  signal: AbortSignal;
  redelivered: number;
}

type TurnOutcome = "ok" | "duplicate" | "skipped" | "paused";

/** The turn rule: what a fired timer says is only "look at the log". */
export function createTurnHandler({ turn, giveUp, observe, observeFailure }: TurnHandlerDeps) {
  return {
    async handle({ organizationId, chat, subject, publishedAt, signal }: DueTurn): Promise<TurnOutcome> {
      const silent = parseTimerSubject(subject)?.kind === "nudge";
      const result = await turn({
        organizationId,
        chat,
        signal,
        silent,
        ...(publishedAt === undefined ? {} : { dueAt: publishedAt }),
      });
      observe({ organizationId, chat }, result);
      if (result.kind === "committed") return result.report.outcome === "paused" ? "paused" : "ok";
      if (result.kind === "paused") return "paused";
      return result.kind === "nothing_new" ? "duplicate" : "skipped";
    },
    async giveUp({ organizationId, chat, redelivered }: DueTurn, error: unknown): Promise<void> {
      const code = error instanceof PermanentError ? error.code : "unexpected";
      const told = await giveUp({ organizationId, chat, code, attempts: redelivered + 1 });
      observeFailure({ organizationId, chat }, code, told);
    },
  };
}
