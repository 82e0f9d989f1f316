import type { Conversation } from "@skytide/bus";
import { RetryableError } from "@skytide/errors";
import { type ConversationEvent, conversationSubject, createEvent, derivedEventId } from "@skytide/events";
import type { Conversed } from "./converse.ts";
import { escalateFailure } from "./escalate-failure.ts";
import { FALLBACK_TEXT } from "./fallback-text.ts";
import { appendHistory } from "./history.ts";
import { textOfMessage } from "./message-text.ts";
import { isNewer, loadState, type StoredState } from "./stored-state.ts";
import { escalations } from "./turn-commit.ts";
import { readTurnInput, type TurnInput } from "./turn-input.ts";
import type { BegunTurn, ConversationId, TurnDeps } from "./turn-types.ts";

interface Failed extends ConversationId {
  code: string;
  attempts: number;
}

/** What became of a turn that was given up. */
export const GIVEN_UP = ["told", "escalated", "nothing_to_tell"] as const;
export type GivenUp = (typeof GIVEN_UP)[number];

export type GiveUpDeps = Omit<TurnDeps, "decide" | "timers" | "watch" | "journals">;

/** Ends a turn that cannot be done: the customer gets one honest sentence, after several a person is asked for, and the log says so. */
export function createGiveUp(deps: GiveUpDeps): (turn: Failed) => Promise<GivenUp> {
  return async (turn) => {
    const { organizationId, chat } = turn;
    const lease = await deps.leases.acquire(`${organizationId}.${chat}`);
    if (lease === null) throw new RetryableError("conversation-busy", "another turn of this conversation is running");
    try {
      return await giveUp(deps, turn, lease.lost);
    } finally {
      await lease.release();
    }
  };
}

/** A turn that is being given up. */
export interface FailedTurn {
  conversation: ConversationId;
  turnId: string;
  now: Date;
  loaded: Conversation;
  stored: StoredState;
  input: TurnInput;
  /** Null while the database is away. */
  facts: BegunTurn | null;
  /** This one included. */
  failedTurns: number;
  signal: AbortSignal;
}

async function giveUp(deps: GiveUpDeps, { code, attempts, ...conversation }: Failed, signal: AbortSignal) {
  const loaded = await deps.log.readConversation(conversation);
  // Whoever wrote it can answer it, when the rollout or rollback is over.
  if (isNewer(deps, loaded)) return "nothing_to_tell";
  const now = deps.now();
  const stored = await loadState(deps, conversation, loaded);
  const read = readTurnInput(loaded, stored, { now, mediaWaitMs: 0 });
  if (read.kind !== "ready") return "nothing_to_tell";
  const { input } = read;
  const facts = await deps.beginTurn(conversation, input.customer).catch(() => null);
  // It gets another turn when the pause is over.
  if (facts?.paused) return "nothing_to_tell";
  const turnId = derivedEventId("given-up", conversation.chat, loaded.last.state, loaded.last.inbound);
  const failedTurns = stored.failedTurns + 1;
  const failed = { conversation, turnId, now, loaded, stored, input, facts, failedTurns, signal };
  const speaks = input.said !== null && isAnswering(deps, failed);
  const escalated = speaks ? await escalateFailure(deps, failed) : null;
  const result = await deps.log.commit({
    events: failedEvents(deps, failed, { code, attempts, speaks, escalated }),
    fences: [
      {
        subject: conversationSubject(conversation.organizationId, conversation.chat, "state"),
        lastSequence: loaded.last.state,
      },
    ],
  });
  if (result.kind === "refused") throw new RetryableError("superseded", "another turn was committed meanwhile");
  return escalated !== null ? "escalated" : speaks ? "told" : "nothing_to_tell";
}

/** Without the database the chart's own state says whether a person has the conversation. */
function isAnswering({ chart, settings }: GiveUpDeps, { facts, stored }: FailedTurn): boolean {
  if (!settings.agentEnabled) return false;
  if (facts !== null) return facts.botEnabled && facts.organization.settings.agentEnabled;
  return !chart.states(stored.snapshot).some((name) => name.startsWith("human"));
}

interface Outcome {
  code: string;
  attempts: number;
  speaks: boolean;
  escalated: Conversed | null;
}

function failedEvents(deps: GiveUpDeps, failed: FailedTurn, outcome: Outcome): ConversationEvent[] {
  const { conversation, turnId, now, stored, input, failedTurns } = failed;
  const { code, attempts, speaks, escalated } = outcome;
  const common = { source: "brain", time: now, ...conversation, turn: turnId };
  const at = now.toISOString();
  const messages = escalated?.replies.map(({ message }) => message) ?? [{ kind: "text" as const, text: FALLBACK_TEXT }];
  const said = input.said === null ? [] : [{ role: "customer" as const, text: input.said.text, at }];
  const answered = messages.map((message) => ({ role: "agent" as const, text: textOfMessage(message), at }));
  const state = createEvent({
    ...common,
    type: "state.committed",
    id: derivedEventId(turnId, "state"),
    data: {
      machine: deps.chart.name,
      version: deps.chart.version,
      // The conversation stands where it stood.
      snapshot: deps.chart.store(escalated?.snapshot ?? stored.snapshot),
      cursor: input.cursor,
      history: appendHistory(stored.history, [...said, ...(speaks ? answered : [])]),
      seen: input.seen,
      pendingMedia: input.pendingMedia,
      // The fallback asks nothing: what was asked before it is still the last question.
      ...(stored.asked === undefined ? {} : { asked: stored.asked }),
      failedTurns,
    },
  });
  const turnFailed = createEvent({
    ...common,
    type: "turn.failed",
    id: derivedEventId(turnId, "failed"),
    data: { code, attempts, replied: speaks, messageIds: input.messageIds, escalated: escalated !== null },
  });
  const reply = createEvent({
    ...common,
    type: "reply.requested",
    id: derivedEventId(turnId, "reply"),
    data: { messages, closing: false },
  });
  const raised = (escalated === null ? [] : escalations(escalated)).map((data) =>
    createEvent({
      ...common,
      type: "escalation.raised",
      id: derivedEventId(turnId, "escalation"),
      data: { ...data, raisedAt: at },
    }),
  );
  return [state, turnFailed, ...(speaks ? [reply] : []), ...raised];
}
