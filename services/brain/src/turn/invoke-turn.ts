import type { Conversation } from "@skytide/bus";
import type { Journal, Lease } from "@skytide/coordination";
import { derivedEventId, type StateCommitted } from "@skytide/events";
import { attemptTurn } from "./attempt-turn.ts";
import type { Conversed } from "./converse.ts";
import { type InvokeAnswer, openAnswer } from "./invoke-answer.ts";
import { textOfMessage } from "./message-text.ts";
import { turnKey } from "./open-turn.ts";
import { isNewer, loadState, type StoredState } from "./stored-state.ts";
import { SEEN_LIMIT, type TurnInput } from "./turn-input.ts";
import { hasActed, headerOf, type TurnHeader } from "./turn-journal.ts";
import type { BegunTurn, ConversationId, TurnDeps } from "./turn-types.ts";

/** One message from outside WhatsApp, to be answered at once. */
export interface Invocation extends ConversationId {
  message: string;
  /** What was said before, for a conversation that the log knows nothing of. */
  recent: StateCommitted["data"]["history"];
  /** The caller's name of this message: told again, it is not said again. */
  idempotencyKey: string | null;
  beginTurn(): Promise<BegunTurn>;
  signal: AbortSignal;
}

export type Invoked =
  | ({ kind: "answered" } & InvokeAnswer)
  /** The conversation is in other hands, or moved on meanwhile. */
  | { kind: "busy" }
  /** The key was used for another message, or so long ago that its answer is gone. */
  | { kind: "key_used" };

interface InvokeDeps extends TurnDeps {
  /** How long a busy conversation is waited for. */
  leaseWaitMs: number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const POLL_MS = 100;

/** Runs turns that are asked for over HTTP: the same conversation, nothing on the inbound and reply lanes, no cursor moved. */
export function createInvoke(deps: InvokeDeps): (invocation: Invocation) => Promise<Invoked> {
  return async (invocation) => {
    const lease = await waitForLease(deps, invocation);
    if (lease === null) return { kind: "busy" };
    try {
      const budget = AbortSignal.timeout(deps.settings.turnBudgetMs);
      const signal = AbortSignal.any([invocation.signal, lease.lost, budget]);
      return await runUnderLease(deps, { ...invocation, signal });
    } finally {
      await lease.release();
    }
  };
}

async function waitForLease(deps: InvokeDeps, { organizationId, chat, signal }: Invocation): Promise<Lease | null> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const lease = await deps.leases.acquire(`${organizationId}.${chat}`);
    if (lease !== null || waitedMs >= deps.leaseWaitMs || signal.aborted) return lease;
    await deps.wait(POLL_MS, signal);
  }
}

async function runUnderLease(deps: InvokeDeps, invocation: Invocation): Promise<Invoked> {
  const conversation = { organizationId: invocation.organizationId, chat: invocation.chat };
  const loaded = await deps.log.readConversation(conversation);
  if (isNewer(deps, loaded)) return { kind: "busy" };
  const stored = await loadState(deps, conversation, loaded);
  const answer = await openAnswer(deps.journals, invocation);
  if (answer.kind === "other_message") return { kind: "key_used" };
  if (stored.seen.includes(answer.id)) {
    return answer.given === null ? { kind: "key_used" } : { kind: "answered", ...answer.given };
  }
  const opened = await openInvokedTurn(deps, conversation, loaded, answer.id);
  if (opened === null) return { kind: "busy" };
  const history = knowsNothing(loaded) ? invocation.recent : stored.history;
  const input = toInput(invocation, answer.id, { loaded, stored, header: opened.header });
  let given: InvokeAnswer | null = null;
  const result = await attemptTurn(
    { ...deps, beginTurn: invocation.beginTurn, watch: () => ({ stop() {} }) },
    {
      ...{ conversation, loaded, stored: { ...stored, history }, input, attempt: invocation, channel: "invoke" },
      ...opened,
      async beforeCommit(conversed) {
        given = toAnswer(conversed);
        await answer.keep(given);
      },
    },
  );
  // Not kept under its key: told again after the pause, it is answered.
  if (result.kind === "paused") return { kind: "answered", response: "", botEnabled: false };
  return result.kind === "committed" && given !== null
    ? { kind: "answered", ...(given as InvokeAnswer) }
    : { kind: "busy" };
}

/** A turn of WhatsApp that has acted and was interrupted is told of first: what it did is not in the state yet. */
async function openInvokedTurn(
  deps: InvokeDeps,
  conversation: ConversationId,
  { last }: Conversation,
  invokeId: string,
): Promise<{ journal: Journal; header: TurnHeader } | null> {
  if (hasActed(await deps.journals.open(turnKey(conversation, last.state)))) return null;
  const key = `${turnKey(conversation, last.state)}-invoke`;
  const turnId = derivedEventId("invoked", conversation.organizationId, conversation.chat, last.state, invokeId);
  const fresh = { turnId, now: deps.now().toISOString(), limit: { inbound: last.inbound, handoff: last.handoff } };
  const journal = await deps.journals.open(key);
  const recorded = headerOf(journal);
  if (recorded === null) return { journal, header: fresh };
  if (recorded.turnId === turnId) return { journal, header: recorded };
  await journal.drop();
  return { journal: await deps.journals.open(key), header: fresh };
}

function knowsNothing({ last }: Conversation): boolean {
  return last.state === 0 && last.inbound === 0;
}

function toInput(
  { message }: Invocation,
  id: string,
  { loaded, stored, header }: { loaded: Conversation; stored: StoredState; header: TurnHeader },
): TurnInput {
  return {
    said: { text: message, messages: [{ id, kind: "text", text: message }], at: header.now },
    ...{ messageIds: [], customer: null, handoff: [], traceparents: [], firstAt: new Date(header.now) },
    cursor: cursorOf(loaded, stored),
    seen: [...stored.seen, id].slice(-SEEN_LIMIT),
    pendingMedia: stored.pendingMedia,
  };
}

/** Where WhatsApp's turns go on: what they have not read stays unread. */
function cursorOf(loaded: Conversation, stored: StoredState): StateCommitted["data"]["cursor"] {
  const { streamCreatedAt } = loaded;
  const before = loaded.state?.event.data.cursor;
  if (before !== undefined && loaded.cursorValid) return before;
  const unanswered = loaded.inbound.find(
    ({ event }) => event.type === "message.received" && !stored.seen.includes(event.id),
  );
  return {
    inbound: unanswered === undefined ? loaded.last.inbound : unanswered.sequence - 1,
    handoff: 0,
    streamCreatedAt,
  };
}

function toAnswer({ answering, replies }: Conversed): InvokeAnswer {
  return { response: replies.map(({ message }) => textOfMessage(message)).join("\n\n"), botEnabled: answering };
}
