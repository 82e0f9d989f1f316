import { createEvent, derivedEventId } from "@skytide/events";
import type { Deps, Escalation, EscalationKey } from "./deps.ts";
import { notifyAgain } from "./notify.ts";

interface ConversationId {
  organizationId: string;
  chat: string;
}

/** Where a conversation's hand-off stands. */
interface Handoff {
  botEnabled: boolean;
  /** By this look: everybody had been quiet long enough. */
  resumed: boolean;
  resumesAt: string | null;
  escalation: {
    id: string;
    rounds: number;
    answered: boolean;
    tellAgainAt: string | null;
    giveUpAt: string | null;
  } | null;
}

export interface HandoffDeps extends Deps {
  handoffs: {
    /** Also switches the agent on where its time has come. */
    lookAtHandoff(of: ConversationId): Promise<Handoff | null>;
    settleUnanswered(of: EscalationKey & { undelivered: boolean }): Promise<void>;
  };
  /** Arms or moves the conversation's timer. */
  arm(of: ConversationId, at: Date): Promise<void>;
}

type Task = ConversationId & { signal: AbortSignal };
/** No more than this is due at one look. */
const MAX_ACTS = 4;

/**
 * Looks after a hand-off whenever something happened to it or its timer fired: the agent comes back when everybody was quiet long
 * enough, staff are told again while nobody answers, and at last the customer is told honestly. Then sets the timer to what comes next.
 */
export function createHandoffTending(deps: HandoffDeps) {
  return async (task: Task): Promise<"ok" | "skipped"> => {
    for (let acts = 0; acts < MAX_ACTS; acts += 1) {
      const handoff = await deps.handoffs.lookAtHandoff(task);
      if (handoff === null) return "skipped";
      if (handoff.resumed) observeResumed(deps, task);
      if (await act(deps, task, handoff)) continue;
      return await armNext(deps, task, handoff);
    }
    return "ok";
  };
}

/** Goes on without those who could not be told again in time. */
export function createHandoffGiveUp(deps: HandoffDeps) {
  return async (task: Task): Promise<void> => {
    const escalation = (await deps.handoffs.lookAtHandoff(task))?.escalation;
    if (escalation == null) return;
    const key = { organizationId: task.organizationId, escalationId: escalation.id };
    await deps.notices.settleNoticeRound({ ...key, round: escalation.rounds + 1 });
    const next = await deps.handoffs.lookAtHandoff(task);
    if (next !== null) await armNext(deps, task, next);
  };
}

/** Tells the customer that nobody has answered, or that nobody could even be told; then the agent goes on. */
export async function tellUnanswered(
  deps: HandoffDeps,
  { organizationId, chat }: ConversationId,
  { escalationId, reason }: { escalationId: string; reason: "no_answer" | "undelivered" },
): Promise<void> {
  const undelivered = reason === "undelivered";
  // The agent is on again before the customer reads that it goes on.
  if (undelivered) await deps.handoffs.settleUnanswered({ organizationId, escalationId, undelivered });
  await deps.publish(
    createEvent({
      ...{ type: "escalation.unanswered", id: derivedEventId(escalationId, "unanswered"), source: "notifier" },
      ...{ time: deps.now(), organizationId, chat },
      data: { escalationId, reason },
    }),
  );
  if (!undelivered) await deps.handoffs.settleUnanswered({ organizationId, escalationId, undelivered });
  deps.metrics.handoffs.inc({ outcome: undelivered ? "undelivered" : "unanswered" });
  deps.log.warn("escalation-unanswered", { org: organizationId, escalationId, reason });
}

/** Does what is due; true where something was done. */
async function act(deps: HandoffDeps, task: Task, { escalation }: Handoff): Promise<boolean> {
  if (escalation === null) return false;
  const { id: escalationId, rounds, giveUpAt, tellAgainAt } = escalation;
  if (isDue(deps, giveUpAt)) {
    await tellUnanswered(deps, task, { escalationId, reason: "no_answer" });
    return true;
  }
  if (!isDue(deps, tellAgainAt)) return false;
  const key: Escalation = { organizationId: task.organizationId, escalationId, signal: task.signal };
  await notifyAgain(deps, key, rounds + 1);
  deps.metrics.handoffs.inc({ outcome: "told_again" });
  return true;
}

async function armNext(deps: HandoffDeps, task: ConversationId, handoff: Handoff): Promise<"ok" | "skipped"> {
  const { botEnabled, resumesAt, escalation } = handoff;
  const times = [botEnabled ? null : resumesAt, escalation?.tellAgainAt, escalation?.giveUpAt];
  const [next] = times.flatMap((time) => (time == null ? [] : [Date.parse(time)])).sort((one, other) => one - other);
  if (next === undefined) return "skipped";
  await deps.arm({ organizationId: task.organizationId, chat: task.chat }, new Date(next));
  return "ok";
}

function isDue(deps: Pick<Deps, "now">, at: string | null): boolean {
  return at !== null && Date.parse(at) <= deps.now().getTime();
}

function observeResumed(deps: HandoffDeps, { organizationId, chat }: ConversationId): void {
  deps.metrics.handoffs.inc({ outcome: "resumed" });
  deps.log.event("bot-resumed", { org: organizationId, conversation: chat, reason: "quiet_time" });
}
