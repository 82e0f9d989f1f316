import { type LogFields, type Logger, type Tracer, traceIdOf } from "@skytide/telemetry";
import type { SpendMeter } from "./brief/index.ts";
import type { BrainMetrics } from "./metrics.ts";
import { traceTurn } from "./trace-turn.ts";
import type { ConversationId, GivenUp, TurnReport, TurnResult } from "./turn/index.ts";

interface ObserveDeps {
  log: Logger;
  metrics: BrainMetrics;
  tracer: Tracer;
  spend: Pick<SpendMeter, "addTurn">;
}

/** Tells logs, metrics and traces how a turn ended: ids, names and numbers. */
export function createTurnObserver({ log, metrics, tracer, spend }: ObserveDeps) {
  return {
    observe(conversation: ConversationId, result: TurnResult): void {
      metrics.turn(result);
      const where = { org: conversation.organizationId, conversation: conversation.chat };
      if (result.kind !== "committed") {
        log.event("turn-passed", { ...where, outcome: result.kind });
        return;
      }
      const { report } = result;
      spend.addTurn(conversation.organizationId, false);
      logTurn(log, { ...where, turn: report.turnId, traceId: traceIdOf(report.traceparent) }, report);
      traceTurn(tracer, conversation, report);
    },
    observeFailure(conversation: ConversationId, code: string, told: GivenUp): void {
      metrics.turnFailed(told);
      spend.addTurn(conversation.organizationId, true);
      log.warn("turn-given-up", {
        org: conversation.organizationId,
        conversation: conversation.chat,
        code,
        outcome: told,
      });
    },
  };
}

/** What was decided and done, a line each, then how the turn ended. */
function logTurn(log: Logger, where: LogFields, report: TurnReport): void {
  const { conversed, input } = report;
  if (report.rebuilt !== null) log.warn("snapshot-rebuilt", { ...where, reason: report.rebuilt });
  // The first is taken where the conversation stood; of a later one it is only known where the turn ended.
  for (const [index, { by, event }] of conversed.decisions.entries()) {
    const state = index === 0 ? conversed.states[0] : undefined;
    log.event("decided", { ...where, state, type: event, reason: by });
  }
  for (const { tool, outcome, durationMs } of conversed.tools) {
    log.event("tool-done", { ...where, tool, outcome, durationMs });
  }
  log.event("turn-committed", {
    ...where,
    outcome: report.outcome,
    state: conversed.states.at(-1),
    count: input.messageIds.length,
    durationMs: report.endedAt.getTime() - report.startedAt.getTime(),
  });
}
