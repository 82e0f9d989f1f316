import type { Conversation } from "@skytide/bus";
import {
  type ConversationEvent,
  type ConversationEventType,
  conversationSubject,
  createEvent,
  derivedEventId,
  type EscalationRaised,
  type EventOf,
  type StateCommitted,
  type TurnCompleted,
} from "@skytide/events";
import type { TurnBrief } from "../brief/index.ts";
import type { Chart } from "../conversation/index.ts";
import type { Conversed } from "./converse.ts";
import { appendHistory } from "./history.ts";
import { textOfMessage } from "./message-text.ts";
import { factsOfBeginning } from "./plain-facts.ts";
import type { StoredState } from "./stored-state.ts";
import type { TurnInput } from "./turn-input.ts";
import type { TurnHeader } from "./turn-journal.ts";
import type { BegunTurn, Channel, ConversationId, TurnDeps } from "./turn-types.ts";

interface CommitInput {
  conversation: ConversationId;
  facts: BegunTurn;
  brief: TurnBrief | undefined;
  showDraft: TurnDeps["showDraft"];
  loaded: Conversation;
  header: TurnHeader;
  input: TurnInput;
  stored: StoredState;
  conversed: Conversed;
  channel?: Channel;
  /** A tool has acted or the cap is reached: a newer message does not stop this commit. */
  stateFenceOnly: boolean;
  traceparent: string;
  durationMs: number;
  /** Of the time since the first message, the wait for more. */
  deliberateMs: number;
}

export type CommitVerdict = "committed" | "superseded" | "newer-message";

/** Writes a turn as one atomic batch, fenced by the state it was read from and, unless it has acted, by the last message it read. */
export async function commitTurn(
  log: TurnDeps["log"],
  chart: Pick<Chart, "name" | "version" | "store">,
  turn: CommitInput,
): Promise<CommitVerdict> {
  const { organizationId, chat } = turn.conversation;
  const state = { subject: conversationSubject(organizationId, chat, "state"), lastSequence: turn.loaded.last.state };
  const inbound = {
    subject: conversationSubject(organizationId, chat, "inbound"),
    lastSequence: turn.input.cursor.inbound,
  };
  const fences = turn.stateFenceOnly ? [state] : [state, inbound];
  const events = turnEvents(chart, turn);
  // Before the commit, so that no draft is on the log that nobody can see; a turn that is redone replaces it.
  for (const event of events)
    if (event.type === "reply.drafted") await turn.showDraft?.(turn.conversation, event, turn.facts.chatIdentityId);
  const result = await log.commit({ events, fences });
  if (result.kind === "committed") return "committed";
  return (await log.lastSequence(state.subject)) === state.lastSequence ? "newer-message" : "superseded";
}

/** The outcome that `turn.completed` and the metrics name. */
export function turnOutcome(conversed: Conversed): TurnCompleted["data"]["outcome"] {
  if (!conversed.answering) return "paused";
  if (escalations(conversed).length > 0) return "escalated";
  return conversed.replies.length > 0 ? "replied" : "no_reply";
}

function turnEvents(chart: Pick<Chart, "name" | "version" | "store">, turn: CommitInput): ConversationEvent[] {
  const { conversed, header, input } = turn;
  const make = draftOf(turn);
  return [
    make("state.committed", "state", stateOf(chart, turn)),
    make("turn.completed", "completed", {
      outcome: outcomeOf(turn),
      messageIds: input.messageIds,
      states: conversed.states,
      decisions: conversed.decisions,
      tools: conversed.tools,
      usage: conversed.usage,
      durationMs: turn.durationMs,
      fencedByStateOnly: turn.stateFenceOnly,
      facts: factsOfBeginning(turn.facts),
      ...(turn.brief === undefined ? {} : { treatment: turn.brief.treatment }),
    }),
    ...draftEvents(turn, make),
    ...(conversed.replies.length === 0 || isDraft(turn) || turn.channel === "invoke"
      ? []
      : [
          make("reply.requested", "reply", {
            messages: conversed.replies.map(({ message }) => message),
            closing: conversed.replies.some(({ closing }) => closing === true),
            ...(input.messageIds.length === 0
              ? {}
              : {
                  respondsTo: input.firstAt.toISOString(),
                  debounceMs: turn.deliberateMs,
                }),
          }),
        ]),
    ...escalations(conversed).map((raised) =>
      make("escalation.raised", "escalation", { ...raised, raisedAt: header.now }),
    ),
  ];
}

/** A draft answers nobody. */
function outcomeOf(turn: CommitInput): TurnCompleted["data"]["outcome"] {
  const outcome = turnOutcome(turn.conversed);
  return outcome === "replied" && isDraft(turn) ? "no_reply" : outcome;
}

function isDraft({ brief }: CommitInput): boolean {
  return brief?.treatment.draft === true;
}

/** What would have been said and done, instead of saying and doing it. */
function draftEvents(
  { brief, conversed, input, channel }: CommitInput,
  make: ReturnType<typeof draftOf>,
): ConversationEvent[] {
  if (!brief?.treatment.draft || channel === "invoke" || conversed.replies.length + conversed.drafted.length === 0)
    return [];
  return [
    make("reply.drafted", "draft", {
      messages: conversed.replies.map(({ message }) => message),
      actions: conversed.drafted,
      messageIds: input.messageIds,
      treatment: brief.treatment,
    }),
  ];
}

/** A maker of this turn's events: ids follow from the turn, so that a repeated commit writes the same. */
function draftOf({ conversation, header, traceparent }: CommitInput) {
  return <Type extends ConversationEventType>(type: Type, step: string, data: EventOf<Type>["data"]) =>
    createEvent<Type>({
      type,
      id: derivedEventId(header.turnId, step),
      source: "brain",
      time: new Date(header.now),
      ...conversation,
      turn: header.turnId,
      traceparent,
      data,
    });
}

function stateOf(chart: Pick<Chart, "name" | "version" | "store">, turn: CommitInput): StateCommitted["data"] {
  const { conversed, header, input, stored } = turn;
  const at = header.now;
  const said = (input.said?.messages ?? []).map((message) => ({
    role: "customer" as const,
    text: message.text || `[${message.mediaType ?? message.kind}]`,
    at,
  }));
  // What was only drafted the customer never read.
  const replied = (isDraft(turn) ? [] : conversed.replies).map((reply) => ({
    role: "agent" as const,
    text: textOfMessage(reply.message),
    at,
  }));
  const asked = askedOf(turn);
  return {
    machine: chart.name,
    version: chart.version,
    snapshot: chart.store(conversed.snapshot),
    cursor: input.cursor,
    history: appendHistory(stored.history, [...said, ...replied]),
    seen: input.seen,
    pendingMedia: input.pendingMedia,
    ...(asked === undefined ? {} : { asked }),
  };
}

/** What a yes of the next turn answers: the last turn that said something, and the receipts that tell whether it arrived. */
function askedOf(turn: CommitInput): StateCommitted["data"]["asked"] {
  const { conversed, header, stored, loaded } = turn;
  if (conversed.replies.length === 0) return stored.asked;
  const channel = isDraft(turn) ? "draft" : (turn.channel ?? "whatsapp");
  return { turn: header.turnId, channel, receiptsAfter: Math.max(...Object.values(loaded.last)) };
}

type Raised = Pick<EscalationRaised["data"], "escalationId" | "reason">;

/** An escalation that was raised in this turn or by an earlier attempt of it; the notifier tells each person once. */
export function escalations({ performed }: Conversed): Raised[] {
  return performed.flatMap(({ effect, output }) => {
    if (effect.kind !== "raise_escalation") return [];
    const { escalationId } = output as { escalationId: string };
    const { reason } = effect.input as { reason: Raised["reason"] };
    return [{ escalationId, reason }];
  });
}
