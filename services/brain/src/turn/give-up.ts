import { RetryableError } from "@skytide/errors";
import { conversationSubject, createEvent, derivedEventId, type StateCommitted } from "@skytide/events";
import { FALLBACK_TEXT } from "./fallback-text.ts";
import { appendHistory } from "./history.ts";
import { readTurnInput, type TurnInput } from "./turn-input.ts";
import type { ConversationId, TurnDeps } from "./turn-types.ts";

interface GivenUp extends ConversationId {
  code: string;
  attempts: number;
}

/** Ends a turn that cannot be done: the customer gets one honest sentence, the log says so, the conversation stands where it stood. */
export function createGiveUp(
  deps: Pick<TurnDeps, "log" | "leases" | "chart" | "now">,
): (turn: GivenUp) => Promise<"told" | "nothing_to_tell"> {
  return async (turn) => {
    const { organizationId, chat } = turn;
    const lease = await deps.leases.acquire(`${organizationId}.${chat}`);
    if (lease === null) throw new RetryableError("conversation-busy", "another turn of this conversation is running");
    try {
      return await commitFallback(deps, turn);
    } finally {
      await lease.release();
    }
  };
}

async function commitFallback(
  deps: Pick<TurnDeps, "log" | "chart" | "now">,
  { code, attempts, ...conversation }: GivenUp,
) {
  const loaded = await deps.log.readConversation(conversation);
  const now = deps.now();
  const read = readTurnInput(loaded, { now, mediaWaitMs: 0 });
  if (read.kind !== "ready") return "nothing_to_tell";
  const { input } = read;
  const replied = input.said !== null && !isPaused(deps, loaded.state?.event.data);
  const turnId = derivedEventId("given-up", conversation.chat, loaded.last.state, loaded.last.inbound);
  const common = { source: "brain", time: now, ...conversation, turn: turnId };
  const failed = createEvent({
    ...common,
    type: "turn.failed",
    id: derivedEventId(turnId, "failed"),
    data: { code, attempts, replied, messageIds: input.messageIds },
  });
  const state = createEvent({
    ...common,
    type: "state.committed",
    id: derivedEventId(turnId, "state"),
    data: stateAfter(deps, loaded.state?.event.data, input, replied, now),
  });
  const reply = createEvent({
    ...common,
    type: "reply.requested",
    id: derivedEventId(turnId, "reply"),
    data: { messages: [{ kind: "text", text: FALLBACK_TEXT }], closing: false },
  });
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "state");
  const events = replied ? [state, failed, reply] : [state, failed];
  const result = await deps.log.commit({ events, fences: [{ subject, lastSequence: loaded.last.state }] });
  if (result.kind === "refused") throw new RetryableError("superseded", "another turn was committed meanwhile");
  return replied ? "told" : "nothing_to_tell";
}

function isPaused(deps: Pick<TurnDeps, "chart">, state: StateCommitted["data"] | undefined): boolean {
  const snapshot = state === undefined ? null : deps.chart.restore(state.snapshot, state.version);
  return snapshot !== null && deps.chart.states(snapshot).some((name) => name.startsWith("human"));
}

function stateAfter(
  deps: Pick<TurnDeps, "chart">,
  before: StateCommitted["data"] | undefined,
  input: TurnInput,
  replied: boolean,
  now: Date,
): StateCommitted["data"] {
  const at = now.toISOString();
  const said = input.said === null ? [] : [{ role: "customer" as const, text: input.said.text, at }];
  const answered = replied ? [{ role: "agent" as const, text: FALLBACK_TEXT, at }] : [];
  return {
    machine: deps.chart.name,
    version: before?.version ?? deps.chart.version,
    snapshot: before?.snapshot ?? deps.chart.store(deps.chart.initial()),
    cursor: input.cursor,
    history: appendHistory(before?.history ?? [], [...said, ...answered]),
    seen: input.seen,
    pendingMedia: input.pendingMedia,
  };
}
