import { BUCKETS, type Metrics, traceIdOf } from "@skytide/telemetry";
import { UNGROUNDED } from "./conversation/index.ts";
import { createConversationMetrics } from "./conversation-metrics.ts";
import { GIVEN_UP, type GivenUp, INTERRUPTED_BY, PASSED, REBUILT, type TurnResult } from "./turn/index.ts";

const OUTCOMES = ["replied", "no_reply", "escalated", "paused", "failed", ...PASSED] as const;
const INVOCATIONS = ["answered", "bot_off", "busy", "not_found", "unauthorized", "rejected", "failed"] as const;
const SWEEPS = ["done", "held_elsewhere", "failed"] as const;
/** What the brain counts. */
export interface BrainMetrics {
  turn(result: TurnResult): void;
  /** A turn was given up. */
  turnFailed(told: GivenUp): void;
  /** A sweep ended, with so many conversations that it armed. */
  sweep(outcome: (typeof SWEEPS)[number], found: number): void;
  /** A request of `POST /invoke` ended. */
  invoked(outcome: (typeof INVOCATIONS)[number]): void;
}

/** Registers the brain's metrics. */
export function createBrainMetrics(metrics: Metrics): BrainMetrics {
  const conversations = createConversationMetrics(metrics);
  const turns = metrics.counter({
    name: "skytide_turns_total",
    help: "Turns by how they ended; the last ones ended without a commit.",
    labels: { outcome: OUTCOMES },
  });
  const duration = metrics.histogram({
    name: "skytide_turn_duration_seconds",
    help: "From the start of a turn's last attempt to its commit.",
    labels: {},
    buckets: BUCKETS.handler,
  });
  const messages = metrics.histogram({
    name: "skytide_turn_messages",
    help: "Customer messages that one turn answered.",
    labels: {},
    buckets: [1, 2, 3, 5, 8, 13],
  });
  const unfenced = metrics.counter({
    name: "skytide_turns_fenced_by_state_only_total",
    help: "Commits that a newer message could not stop: a tool had acted, or the waiting cap was reached.",
    labels: {},
  });
  const rebuilt = metrics.counter({
    name: "skytide_snapshots_rebuilt_total",
    help: "Conversations that were put together from their messages because their state could not be read.",
    labels: { reason: REBUILT },
  });
  const interrupted = metrics.counter({
    name: "skytide_turns_interrupted_total",
    help: "Turns that a newer message made stale, by how it was found: a hint, the last look before an effect, the fence of the commit.",
    labels: { by: INTERRUPTED_BY },
  });
  const fallbacks = metrics.counter({
    name: "skytide_fallbacks_total",
    help: "Turns that were given up, by what became of the customer.",
    labels: { outcome: GIVEN_UP },
  });
  const ungrounded = metrics.counter({
    name: "skytide_outgoing_refused_total",
    help: "Texts of a model that stated what the facts do not hold, and were not sent: small talk, or the answer to a question.",
    labels: { where: ["chat", "answer"] },
  });
  const sweeps = metrics.counter({
    name: "skytide_sweeps_total",
    help: "Looks for conversations whose messages nobody answers.",
    labels: { outcome: SWEEPS },
  });
  const unanswered = metrics.counter({
    name: "skytide_unanswered_found_total",
    help: "Conversations with unanswered messages and no timer that a sweep found and armed: each is a fault somewhere.",
    labels: {},
  });
  const invocations = metrics.counter({
    name: "skytide_invocations_total",
    help: "Requests of POST /invoke by how they ended.",
    labels: { outcome: INVOCATIONS },
  });
  return {
    invoked: (outcome) => invocations.inc({ outcome }),
    sweep(outcome, found) {
      sweeps.inc({ outcome });
      if (found > 0) unanswered.inc({}, found);
      for (let turn = 0; turn < found; turn += 1) metrics.violated("lost_turn");
    },
    turnFailed(told) {
      turns.inc({ outcome: "failed" });
      fallbacks.inc({ outcome: told });
      if (told === "escalated") conversations.gaveUp();
    },
    turn(result) {
      if (result.kind === "interrupted") interrupted.inc({ by: result.by });
      if (result.kind !== "committed") return turns.inc({ outcome: result.kind });
      const { report } = result;
      const exemplar = { traceId: traceIdOf(report.traceparent) };
      turns.inc({ outcome: report.outcome }, 1, exemplar);
      duration.observe({}, (report.endedAt.getTime() - report.startedAt.getTime()) / 1000, exemplar);
      conversations.committed(report);
      if (report.input.messageIds.length > 0) messages.observe({}, report.input.messageIds.length);
      if (report.stateFenceOnly && report.channel === "whatsapp") unfenced.inc({});
      if (report.rebuilt !== null) rebuilt.inc({ reason: report.rebuilt });
      const { decisions, tools: performed } = report.conversed;
      const chats = decisions.flatMap(({ refusals = [] }) => refusals.filter((code) => code === UNGROUNDED));
      if (chats.length > 0) ungrounded.inc({ where: "chat" }, chats.length);
      const answers = performed.flatMap(({ checks = [] }) => checks);
      if (answers.length > 0) ungrounded.inc({ where: "answer" }, answers.length);
    },
  };
}
