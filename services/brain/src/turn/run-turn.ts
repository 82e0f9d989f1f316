import type { Conversation } from "@skytide/bus";
import type { Journal } from "@skytide/coordination";
import { RetryableError } from "@skytide/errors";
import { conversationSubject, derivedEventId, type TurnCompleted } from "@skytide/events";
import { childTraceparent } from "@skytide/telemetry";
import type { Snapshot } from "../conversation/index.ts";
import { type Conversed, converse } from "./converse.ts";
import { commitTurn, turnOutcome } from "./turn-commit.ts";
import { readTurnInput, type TurnInput } from "./turn-input.ts";
import { createTurnJournal, hasActed, headerOf, JournalMismatchError, type TurnHeader } from "./turn-journal.ts";
import type { ConversationId, TurnDeps } from "./turn-types.ts";

/** How long a conversation that is busy, or ahead of this process's version, is left alone. */
const BUSY_MS = 1_000;
const NEWER_VERSION_MS = 10_000;
/** The state lane is trimmed when a state lands on a multiple of this sequence: now and then, without counting. */
const TRIM_EVERY = 8;
const STATES_KEPT = 4;

/** Why a turn ended without a commit. */
export const PASSED = [
  "busy",
  "nothing_new",
  "waiting_for_media",
  "interrupted",
  "superseded",
  "newer_version",
] as const;
type Passed = (typeof PASSED)[number];

/** A committed turn, for metrics, logs and traces. */
export interface TurnReport {
  turnId: string;
  outcome: TurnCompleted["data"]["outcome"];
  conversed: Conversed;
  input: TurnInput;
  /** What became of the stored snapshot: read as it was, none there, or unreadable and begun anew. */
  restored: "as-stored" | "new" | "rebuilt";
  stateFenceOnly: boolean;
  /** The turn's own span, a child of the newest message's. */
  traceparent: string;
  startedAt: Date;
  endedAt: Date;
}

export type TurnResult = { kind: "committed"; report: TurnReport } | { kind: Passed };

interface Attempt extends ConversationId {
  signal: AbortSignal;
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
  if ((loaded.state?.event.data.version ?? 0) > deps.chart.version) {
    const at = new Date(deps.now().getTime() + NEWER_VERSION_MS);
    await deps.timers.armLater(conversation, at, "busy", deps.now());
    return { kind: "newer_version" };
  }
  const { journal, header } = await openTurn(deps, conversation, loaded);
  const { mediaWaitMs } = deps.settings;
  const read = readTurnInput(loaded, { now: new Date(header.now), mediaWaitMs, limit: header.limit });
  if (read.kind === "nothing-new") return { kind: "nothing_new" };
  if (read.kind === "waiting-for-media") {
    await deps.timers.armLater(conversation, read.until, "media", read.firstAt);
    return { kind: "waiting_for_media" };
  }
  return await runInterruptibly(deps, { conversation, loaded, journal, header, input: read.input, attempt });
}

/** The journal of the turn that follows this state. A turn that has acted goes on as it was read; any other starts over when there is more to read. */
async function openTurn(deps: TurnDeps, { organizationId, chat }: ConversationId, loaded: Conversation) {
  const key = `${organizationId}.${chat}.${loaded.last.state}`;
  const limit = { inbound: loaded.last.inbound, handoff: loaded.last.handoff };
  const turnId = derivedEventId("turn", organizationId, chat, loaded.last.state, limit.inbound, limit.handoff);
  const fresh: TurnHeader = { turnId, now: deps.now().toISOString(), limit };

  const journal = await deps.journals.open(key);
  const recorded = headerOf(journal);
  if (recorded === null) return { journal, header: fresh };
  if (hasActed(journal) || recorded.turnId === turnId) return { journal, header: recorded };
  await journal.drop();
  return { journal: await deps.journals.open(key), header: fresh };
}

interface Running {
  conversation: ConversationId;
  loaded: Conversation;
  journal: Journal;
  header: TurnHeader;
  input: TurnInput;
  attempt: Attempt;
}

/** Runs the turn until it is committed, or until a newer message makes its answer stale before anything was done. */
async function runInterruptibly(deps: TurnDeps, running: Running): Promise<TurnResult> {
  const { attempt, conversation, input, journal } = running;
  const interrupt = new AbortController();
  const capAt = input.firstAt.getTime() + deps.settings.debounceMaxMs;
  const stale = () => !hasActed(journal) && deps.now().getTime() < capAt;
  const watch = deps.watch(conversation, () => {
    if (stale()) interrupt.abort();
  });
  try {
    const result = await runToCommit(deps, running, interrupt.signal, () => deps.now().getTime() >= capAt);
    if (result.kind !== "interrupted") await journal.drop();
    return result;
  } catch (error) {
    if (error instanceof JournalMismatchError) {
      await journal.drop();
      throw new RetryableError(error.code, "the turn is started over", { cause: error, retryAfterMs: 0 });
    }
    if (attempt.signal.aborted) throw new RetryableError("turn-aborted", "the turn was stopped", { cause: error });
    if (!interrupt.signal.aborted || hasActed(journal)) throw error;
  } finally {
    watch.stop();
  }
  await journal.drop();
  await deps.timers.armBurst(conversation, input.firstAt);
  return { kind: "interrupted" };
}

async function runToCommit(
  deps: TurnDeps,
  { conversation, loaded, journal, header, input, attempt }: Running,
  interrupted: AbortSignal,
  capReached: () => boolean,
): Promise<TurnResult> {
  const startedAt = deps.now();
  const steps = await createTurnJournal(journal, header);
  const facts = await steps.step("facts", () => deps.beginTurn(conversation, input.customer));
  const { snapshot, restored } = restore(deps, loaded);
  const signal = AbortSignal.any([attempt.signal, interrupted]);
  const history = loaded.state?.event.data.history ?? [];
  const conversed = await converse(deps, {
    conversation,
    snapshot,
    history,
    input,
    facts,
    header,
    journal: steps,
    signal,
  });
  if (!steps.acted) signal.throwIfAborted();

  const stateFenceOnly = steps.acted || capReached();
  const traceparent = childTraceparent(input.traceparents.at(-1));
  const verdict = await commitTurn(deps.log, deps.chart, {
    conversation,
    loaded,
    header,
    input,
    conversed,
    stateFenceOnly,
    traceparent,
    durationMs: Math.max(0, deps.now().getTime() - startedAt.getTime()),
  });
  if (verdict === "superseded") return { kind: "superseded" };
  if (verdict === "newer-message") {
    await journal.drop();
    await deps.timers.armBurst(conversation, input.firstAt);
    return { kind: "interrupted" };
  }
  await trimSometimes(deps, conversation, loaded.last.state);
  const outcome = turnOutcome(conversed);
  const report = {
    turnId: header.turnId,
    outcome,
    conversed,
    input,
    restored,
    stateFenceOnly,
    traceparent,
    startedAt,
    endedAt: deps.now(),
  };
  return { kind: "committed", report };
}

function restore(deps: TurnDeps, loaded: Conversation): { snapshot: Snapshot; restored: TurnReport["restored"] } {
  if (loaded.state === null) return { snapshot: deps.chart.initial(), restored: "new" };
  const snapshot = deps.chart.restore(loaded.state.event.data.snapshot, loaded.state.event.data.version);
  return snapshot === null
    ? { snapshot: deps.chart.initial(), restored: "rebuilt" }
    : { snapshot, restored: "as-stored" };
}

async function armForNewer(deps: TurnDeps, conversation: ConversationId, readUpTo: number): Promise<void> {
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "inbound");
  if ((await deps.log.lastSequence(subject)) <= readUpTo) return;
  const now = deps.now();
  await deps.timers.armLater(conversation, new Date(now.getTime() + BUSY_MS), "busy", now);
}

async function trimSometimes(
  deps: TurnDeps,
  { organizationId, chat }: ConversationId,
  lastState: number,
): Promise<void> {
  if (lastState % TRIM_EVERY !== 0 || lastState === 0) return;
  await deps.log.trim(conversationSubject(organizationId, chat, "state"), STATES_KEPT);
}
