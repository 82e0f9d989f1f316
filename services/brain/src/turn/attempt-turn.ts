import type { Conversation } from "@skytide/bus";
import type { Journal } from "@skytide/coordination";
import { RetryableError } from "@skytide/errors";
import { conversationSubject, type TurnCompleted } from "@skytide/events";
import { childTraceparent } from "@skytide/telemetry";
import type { TurnBrief } from "../brief/index.ts";
import { armNudge, isNudgeDue, trimSometimes } from "./after-turn.ts";
import { type Conversed, converse } from "./converse.ts";
import { unheardTurn } from "./last-reply.ts";
import { elsewhereSince, isOvertaken, type LineElsewhere, withElsewhere } from "./said-elsewhere.ts";
import type { StoredState } from "./stored-state.ts";
import { commitTurn, turnOutcome } from "./turn-commit.ts";
import type { TurnInput } from "./turn-input.ts";
import { createTurnJournal, hasActed, JournalMismatchError, type TurnHeader } from "./turn-journal.ts";
import type { Channel, ConversationId, TurnDeps } from "./turn-types.ts";

/** How a newer message was found that made a turn's answer stale. */
export const INTERRUPTED_BY = ["hint", "last_look", "fence"] as const;
type InterruptedBy = (typeof INTERRUPTED_BY)[number];

/** A committed turn, for metrics, logs and traces. */
export interface TurnReport {
  turnId: string;
  outcome: TurnCompleted["data"]["outcome"];
  conversed: Conversed;
  input: TurnInput;
  /** Why the conversation was put together from its messages; null where its state was read, or none was there. */
  rebuilt: StoredState["rebuilt"];
  /** True where a newer message could not stop the commit. */
  stateFenceOnly: boolean;
  brief: TurnBrief | undefined;
  channel: Channel;
  /** The turn's own span, a child of the newest message's. */
  traceparent: string;
  startedAt: Date;
  endedAt: Date;
  /** When the customer wrote before; null for the first words. */
  lastSaidAt: Date | null;
  /** How much of the time since the first message was the wait for more of them. */
  deliberateMs: number;
}

export type AttemptedTurn =
  | { kind: "committed"; report: TurnReport }
  | { kind: "interrupted"; by: InterruptedBy }
  /** A nudge whose time has not come, or has gone. */
  | { kind: "nothing_new" }
  /** An operator's pause holds the conversation: nothing was read, the database remembers to come back. */
  | { kind: "paused" }
  | { kind: "superseded" };

/** A turn that has something to answer. */
export interface Running {
  conversation: ConversationId;
  loaded: Conversation;
  stored: StoredState;
  journal: Journal;
  header: TurnHeader;
  input: TurnInput;
  attempt: { signal: AbortSignal; dueAt?: Date };
  /** WhatsApp unless given. */
  channel?: Channel;
  /** Told what will be said, before it is committed. */
  beforeCommit?(conversed: Conversed): Promise<void>;
}

/** A newer message was found by a last look before the first effect. */
class StaleTurnError extends Error {
  override readonly name = "StaleTurnError";
}

/** Not a result of the step that asks: a journal would repeat it when the pause is over. */
class PausedTurnError extends Error {
  override readonly name = "PausedTurnError";
}

/** Runs the turn until it is committed, or until a newer message makes its answer stale before anything was done. */
export async function attemptTurn(deps: TurnDeps, running: Running): Promise<AttemptedTurn> {
  const { attempt, conversation, input, journal } = running;
  const interrupt = new AbortController();
  const capAt = input.firstAt.getTime() + deps.settings.debounceMaxMs;
  // Nobody waits out a burst for an answer that goes elsewhere.
  const capReached = () => running.channel === "invoke" || deps.now().getTime() >= capAt;
  const watch = deps.watch(conversation, () => {
    if (!hasActed(journal) && !capReached()) interrupt.abort();
  });
  let by: InterruptedBy = "hint";
  try {
    const result = await runToCommit(deps, running, interrupt.signal, capReached);
    if (result.kind !== "interrupted") {
      await journal.drop();
      return result;
    }
    by = result.by;
  } catch (error) {
    if (error instanceof JournalMismatchError) {
      await journal.drop();
      throw new RetryableError(error.code, "the turn is started over", { cause: error, retryAfterMs: 0 });
    }
    if (error instanceof PausedTurnError) {
      await journal.drop();
      return { kind: "paused" };
    }
    if (attempt.signal.aborted) throw new RetryableError("turn-aborted", "the turn was stopped", { cause: error });
    const stale = error instanceof StaleTurnError;
    if (hasActed(journal) || !(stale || interrupt.signal.aborted)) throw error;
    if (stale) by = "last_look";
  } finally {
    watch.stop();
  }
  await journal.drop();
  await deps.timers.armBurst(conversation, input.firstAt);
  return { kind: "interrupted", by };
}

async function runToCommit(
  deps: TurnDeps,
  running: Running,
  interrupted: AbortSignal,
  capReached: () => boolean,
): Promise<AttemptedTurn> {
  const { conversation, loaded, stored, journal, header, input, attempt } = running;
  const startedAt = deps.now();
  const steps = await createTurnJournal(journal, header);
  const { unheard, elsewhere = [], ...facts } = await steps.step("facts", () => readFacts(deps, running));
  const history = withElsewhere(stored.history, elsewhere);
  if (input.silent && !(await isNudgeDue(deps, running, facts))) return { kind: "nothing_new" };
  const brief = deps.brief?.(conversation, facts);
  const thinking = AbortSignal.any([attempt.signal, interrupted]);
  const conversed = await converse(deps, {
    conversation,
    snapshot: stored.snapshot,
    history,
    input,
    facts,
    header,
    journal: steps,
    signals: { thinking, acting: attempt.signal },
    unheard: unheard ?? (isOvertaken(stored.history, elsewhere) ? (stored.asked?.turn ?? null) : null),
    brief,
    beforeActing: () => lookOnceMore(deps, running, interrupted, capReached),
  });
  if (!steps.acted) thinking.throwIfAborted();

  const stateFenceOnly = steps.acted || capReached();
  const traceparent = childTraceparent(input.traceparents.at(-1));
  await running.beforeCommit?.(conversed);
  await brief?.settled();
  deps.crashPoint?.("before_commit");
  const durationMs = Math.max(0, deps.now().getTime() - startedAt.getTime());
  const { showDraft } = deps;
  const remembered = { ...running, stored: { ...stored, history } };
  const deliberateMs = deliberateWait(running, deps.settings);
  const answer = { facts, brief, showDraft, conversed, stateFenceOnly, traceparent, durationMs, deliberateMs };
  const commit = { ...remembered, ...answer };
  const verdict = await commitTurn(deps.log, deps.chart, commit);
  if (verdict === "superseded") return { kind: "superseded" };
  if (verdict === "newer-message") return { kind: "interrupted", by: "fence" };
  deps.crashPoint?.("after_commit_before_ack");
  await trimSometimes(deps, conversation, loaded.last.state);
  await armNudge(deps, running, facts, conversed, brief?.treatment.draft === true);
  const { turnId } = header;
  const { rebuilt } = stored;
  const { channel = "whatsapp" } = running;
  const outcome = turnOutcome(conversed);
  const endedAt = deps.now();
  const lastSaid = stored.history.findLast(({ role }) => role === "customer");
  const lastSaidAt = lastSaid === undefined ? null : new Date(lastSaid.at);
  const times = { startedAt, endedAt, lastSaidAt, deliberateMs };
  const report = { turnId, outcome, conversed, input, rebuilt, stateFenceOnly, brief, channel, traceparent, ...times };
  return { kind: "committed", report };
}

/**
 * How long the turn was made to wait for more messages: until its timer fired, and never longer than a burst may last. What
 * passes after that, a brain that is down or busy included, is latency that the customer feels.
 */
function deliberateWait({ attempt, header, input }: Running, { debounceMaxMs }: TurnDeps["settings"]): number {
  const began = Math.min(Date.parse(header.now), attempt.dueAt?.getTime() ?? Number.POSITIVE_INFINITY);
  return Math.min(debounceMaxMs, Math.max(0, began - input.firstAt.getTime()));
}

/** What the database and the receipts say at the start; one step, so that a replay hears the same. */
async function readFacts(deps: TurnDeps, { conversation, input, stored, channel = "whatsapp" }: Running) {
  const since = elsewhereSince(stored.history, deps.now());
  const [facts, unheard, elsewhere] = await Promise.all([
    deps.beginTurn(conversation, input.customer),
    input.said === null ? null : unheardTurn(deps.log, conversation, stored.asked, channel),
    input.said === null ? [] : deps.saidElsewhere?.({ ...conversation, since }),
  ]);
  if (facts.paused) throw new PausedTurnError();
  // A turn that an older version began and journaled knows nothing of receipts, nor of what was said elsewhere.
  return { ...facts, unheard, elsewhere } as typeof facts & { unheard?: string | null; elsewhere?: LineElsewhere[] };
}

/** Before the first effect the leader is asked: what a missed hint did not tell would else be answered after the deed. */
async function lookOnceMore(
  { log }: TurnDeps,
  { conversation, input }: Running,
  interrupted: AbortSignal,
  capReached: () => boolean,
): Promise<void> {
  if (interrupted.aborted) throw new StaleTurnError();
  if (capReached()) return;
  const subject = conversationSubject(conversation.organizationId, conversation.chat, "inbound");
  if ((await log.lastSequence(subject)) > input.cursor.inbound) throw new StaleTurnError();
}
