import type { Conversation } from "@skytide/bus";
import { armForNewer } from "./after-turn.ts";
import { type AttemptedTurn, attemptTurn } from "./attempt-turn.ts";
import { openTurn } from "./open-turn.ts";
import { isNewer, loadState, type StoredState } from "./stored-state.ts";
import { readTurnInput, type TurnInput } from "./turn-input.ts";
import type { ConversationId, TurnDeps } from "./turn-types.ts";

/** How long a conversation that is busy, or ahead of this process's version, is left alone. */
const BUSY_MS = 1_000;
const NEWER_VERSION_MS = 10_000;

/** Why a turn ended without a commit. */
export const PASSED = [
  "busy",
  "nothing_new",
  "waiting_for_media",
  "interrupted",
  "superseded",
  "newer_version",
] as const;
type Passed = Exclude<(typeof PASSED)[number], AttemptedTurn["kind"]>;

export type TurnResult = AttemptedTurn | { kind: Passed };

interface Attempt extends ConversationId {
  signal: AbortSignal;
  /** When its timer fired. */
  dueAt?: Date;
  /** The nudge of an unanswered proposal is due. */
  silent?: boolean;
}

/** Runs one turn of a conversation by the protocol of the log: lease, read, step, commit. Throws what is worth a redelivery. */
export function createTurn(deps: TurnDeps): (attempt: Attempt) => Promise<TurnResult> {
  return async (attempt) => {
    const conversation = { organizationId: attempt.organizationId, chat: attempt.chat };
    const lease = await deps.leases.acquire(`${conversation.organizationId}.${conversation.chat}`);
    if (lease === null) {
      const now = deps.now();
      await deps.timers.armLater(conversation, new Date(now.getTime() + BUSY_MS), "busy", now);
      return { kind: "busy" };
    }
    let result: TurnResult;
    try {
      const budget = AbortSignal.timeout(deps.settings.turnBudgetMs);
      const signal = AbortSignal.any([attempt.signal, lease.lost, budget]);
      result = await runUnderLease(deps, conversation, { ...attempt, signal });
    } finally {
      await lease.release();
    }
    // Only after the release: whoever armed a timer meanwhile found the conversation busy.
    if (result.kind === "committed") await armForNewer(deps, conversation, result.report.input.cursor.inbound);
    return result;
  };
}

async function runUnderLease(deps: TurnDeps, conversation: ConversationId, attempt: Attempt): Promise<TurnResult> {
  const loaded = await deps.log.readConversation(conversation);
  if (isNewer(deps, loaded) && !isAbandoned(deps, loaded)) return leaveToNewer(deps, conversation, loaded);
  const stored = await loadState(deps, conversation, loaded);
  const { journal, header } = await openTurn(deps, conversation, loaded);
  const { mediaWaitMs, debounceMaxMs } = deps.settings;
  const reading = { now: new Date(header.now), mediaWaitMs, debounceMaxMs, limit: header.limit };
  const read = readTurnInput(loaded, stored, reading);
  if (read.kind === "nothing-new") {
    const input = attempt.silent ? silenceOf(deps, loaded, stored) : null;
    if (input === null) return { kind: "nothing_new" };
    return await attemptTurn(deps, { conversation, loaded, stored, journal, header, input, attempt });
  }
  if (read.kind === "waiting-for-media") {
    await deps.timers.armLater(conversation, read.until, "media", read.firstAt);
    return { kind: "waiting_for_media" };
  }
  return await attemptTurn(deps, { conversation, loaded, stored, journal, header, input: read.input, attempt });
}

/** WhatsApp takes free words for 24 hours after the customer's last. */
const WINDOW_MS = 24 * 60 * 60 * 1_000;

/** What a turn takes in that only asks once more; null where there is nothing to ask, or nobody would read it. */
function silenceOf({ chart, now }: TurnDeps, loaded: Conversation, stored: StoredState): TurnInput | null {
  if (stored.asked?.channel !== "whatsapp" || !chart.mayNudge(stored.snapshot)) return null;
  const heard = stored.history.findLast(({ role }) => role === "customer");
  if (heard === undefined || now().getTime() - Date.parse(heard.at) > WINDOW_MS) return null;
  const { inbound, handoff } = loaded.last;
  return {
    ...{ said: null, silent: true, messageIds: [], customer: null, handoff: [], traceparents: [] },
    cursor: { inbound, handoff, streamCreatedAt: loaded.streamCreatedAt },
    firstAt: now(),
    seen: stored.seen,
    pendingMedia: stored.pendingMedia,
  };
}

/** When the first event came that the stored state has not taken in; null where there is none. */
function firstUnread({ inbound, handoff }: Conversation): Date | null {
  const times = [...inbound, ...handoff].map(({ event }) => Date.parse(event.time));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** A rollout or rollback ends within the deadline; whose state nobody reads by then would be kept waiting for ever. */
function isAbandoned({ now, settings }: TurnDeps, loaded: Conversation): boolean {
  const first = firstUnread(loaded);
  return first !== null && now().getTime() - first.getTime() > settings.turnDeadlineMs;
}

async function leaveToNewer(deps: TurnDeps, conversation: ConversationId, loaded: Conversation): Promise<TurnResult> {
  const first = firstUnread(loaded);
  if (first === null) return { kind: "nothing_new" };
  await deps.timers.armLater(conversation, new Date(deps.now().getTime() + NEWER_VERSION_MS), "busy", first);
  return { kind: "newer_version" };
}
