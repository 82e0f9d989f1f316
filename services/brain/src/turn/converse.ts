import { PermanentError } from "@skytide/errors";
import type { ConversationEvent, ModelUsage, TurnCompleted } from "@skytide/events";
import type { TurnBrief } from "../brief/index.ts";
import {
  type ChartEvent,
  type Decision,
  type Effect,
  joinReplies,
  type Reply,
  type Snapshot,
} from "../conversation/index.ts";
import { type DraftedAction, DraftStop, isForAPerson } from "./draft-mode.ts";
import { type EffectResult, outcomeOf, performEffect, type TurnSignals } from "./perform-effect.ts";
import { checksIn, factsOfDecision, factsOfInput, foundIn } from "./plain-facts.ts";
import { withButtonsRead } from "./read-buttons.ts";
import type { TurnInput } from "./turn-input.ts";
import type { TurnHeader, TurnJournal } from "./turn-journal.ts";
import type { BegunTurn, ConversationId, TurnDeps } from "./turn-types.ts";

/** No event sets off more; a chart that loops is stopped here. */
const STEP_LIMIT = 32;
/** What the chart hears of a burst, and so the model. */
const MAX_WORDS = 4_096;

export interface ConverseInput {
  conversation: ConversationId;
  snapshot: Snapshot;
  history: readonly { role: "customer" | "agent" | "staff"; text: string }[];
  input: TurnInput;
  facts: BegunTurn;
  header: TurnHeader;
  journal: TurnJournal;
  signals: TurnSignals;
  beforeActing(): Promise<void>;
  /** The turn whose question did not reach the customer here. */
  unheard: string | null;
  brief?: TurnBrief | undefined;
}

/** A turn's way through the chart. */
export interface Conversed {
  snapshot: Snapshot;
  replies: Reply[];
  states: string[];
  decisions: TurnCompleted["data"]["decisions"];
  tools: TurnCompleted["data"]["tools"];
  usage: ModelUsage[];
  /** Effects that succeeded, for the events that follow from them. */
  performed: { effect: Effect; output: unknown }[];
  answering: boolean;
  /** When each state was entered, for traces. */
  trail: { state: string; at: Date }[];
  /** What a draft leaves to a person. */
  drafted: DraftedAction[];
}

type ConverseDeps = Pick<TurnDeps, "chart" | "decide" | "tools" | "settings" | "now" | "readButton">;

/** Steps the chart with everything that is new, performing its effects, until it waits for somebody. Throws what a tool or the model could not do now. */
export async function converse(deps: ConverseDeps, turn: ConverseInput): Promise<Conversed> {
  const walk = createWalk(deps, turn);
  try {
    const conversed = await walkThrough(deps, turn, walk);
    // Nobody but staff reads a draft: what it asks was not asked, and no later "sí" answers it.
    if (turn.brief?.treatment.draft) await walk.take({ type: "reply.failed", turnId: turn.header.turnId });
    return { ...conversed, snapshot: walk.result.snapshot };
  } catch (error) {
    if (!(error instanceof DraftStop)) throw error;
    // The yes that led here was not carried out: the conversation stands where it stood.
    return { ...walk.result, snapshot: turn.snapshot, drafted: [error.action] };
  }
}

async function walkThrough(deps: ConverseDeps, turn: ConverseInput, walk: ReturnType<typeof createWalk>) {
  const { facts, header, input } = turn;
  await walk.take({ type: "turn.began", facts: { ...facts, turnId: header.turnId, now: header.now } });
  // The database is the truth of who talks, the chart's state is derived from it; what is true already changes nothing.
  await walk.take({ type: facts.botEnabled ? "bot.resumed" : "bot.paused" });
  if (turn.unheard !== null) await walk.take({ type: "reply.failed", turnId: turn.unheard });
  for (const event of input.handoff) {
    const news = toChartEvent(event);
    if (news !== null) await walk.take(news);
  }
  if (input.silent && walk.result.answering) await walk.take({ type: "customer.silent" });
  if (input.said !== null && walk.result.answering) {
    const said = withButtonsRead(input.said, (payload) => deps.readButton?.(turn.conversation, payload) ?? null);
    await walk.take({ type: "customer.said", said });
    await walk.answer(said);
  }
  if (!deps.chart.waiting(walk.result.snapshot)) throw new PermanentError("not-at-rest", "the chart waits for nobody");
  return { ...walk.result, replies: joinReplies(walk.result.replies) };
}

function createWalk(deps: ConverseDeps, turn: ConverseInput) {
  const { chart } = deps;
  const result: Conversed = {
    snapshot: turn.snapshot,
    replies: [],
    states: chart.states(turn.snapshot),
    decisions: [],
    tools: [],
    usage: [],
    performed: [],
    answering: isAnswering(turn.facts, deps.settings),
    trail: chart.states(turn.snapshot).map((state) => ({ state, at: deps.now() })),
    drafted: [],
  };
  const performing = {
    tools: deps.tools,
    journal: turn.journal,
    now: deps.now,
    context: {
      organizationId: turn.conversation.organizationId,
      chatIdentityId: turn.facts.chatIdentityId,
      turnId: turn.header.turnId,
      now: new Date(turn.header.now),
      brief: turn.brief,
    },
    signals: turn.signals,
    beforeActing: turn.beforeActing,
  };
  let steps = 0;

  function step(event: ChartEvent): Effect[] {
    steps += 1;
    if (steps > STEP_LIMIT) throw new PermanentError("step-limit", `the chart did not rest within ${STEP_LIMIT} steps`);
    const { snapshot, replies, effects } = chart.step(result.snapshot, event);
    result.snapshot = snapshot;
    result.replies.push(...replies);
    for (const state of chart.states(snapshot)) {
      if (result.states.at(-1) === state) continue;
      result.states.push(state);
      result.trail.push({ state, at: deps.now() });
    }
    return effects;
  }

  async function perform(effect: Effect): Promise<Effect[]> {
    if (turn.brief?.treatment.draft && isForAPerson(effect)) throw new DraftStop(effect);
    const startedAt = deps.now().toISOString();
    const done = await performEffect(performing, effect);
    result.tools.push({ ...toolDone(effect, done), startedAt });
    if (done.kind === "failed") return step({ type: "effect.failed", id: effect.id, code: done.code });
    result.performed.push({ effect, output: done.output });
    result.usage.push(...usageOf(done.output));
    return step({ type: "effect.done", id: effect.id, output: done.output });
  }

  async function take(event: ChartEvent): Promise<void> {
    steps = 0;
    const effects = step(event);
    for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
      effects.push(...(await perform(effect)));
    }
  }

  async function answer(said: NonNullable<TurnInput["said"]>): Promise<void> {
    const decision = await deps.decide({
      snapshot: result.snapshot,
      said,
      history: [...turn.history, { role: "customer", text: said.text.slice(0, MAX_WORDS).toWellFormed() }],
      run: (kind, work) => turn.journal.step(kind, () => work(turn.signals.thinking)),
      cacheKey: turn.conversation.organizationId,
      safetyId: turn.conversation.chat,
      brief: turn.brief,
    });
    result.usage.push(...decision.usage);
    if (decision.event === null) return;
    result.decisions.push(decided(decision, decision.event));
    await take(decision.event);
  }

  return { result, take, answer };
}

/** A decision as the log tells it: what it was taken from, and nobody's words. */
function decided(decision: Decision, event: ChartEvent): Conversed["decisions"][number] {
  const { by, offered, refusals } = decision;
  return {
    by,
    event: event.type,
    choice: factsOfDecision(event),
    ...(offered === undefined ? {} : { offered: [...offered] }),
    ...(refusals === undefined || refusals.length === 0 ? {} : { refusals: [...refusals] }),
  };
}

function toolDone(effect: Effect, done: EffectResult): Conversed["tools"][number] {
  const output = done.kind === "done" ? done.output : null;
  const [found, checks] = [foundIn(output), checksIn(output)];
  return {
    tool: effect.kind,
    outcome: outcomeOf(done),
    durationMs: done.durationMs,
    asked: factsOfInput(effect.input),
    ...(found === undefined ? {} : { found }),
    ...(checks === undefined ? {} : { checks }),
  };
}

/** Three switches: the conversation's, the organization's, the fleet's. */
function isAnswering({ botEnabled, organization }: BegunTurn, { agentEnabled }: ConverseDeps["settings"]): boolean {
  return botEnabled && organization.settings.agentEnabled && agentEnabled;
}

/** What of the hand-off lane the chart hears; who talks is taken from the database instead. */
function toChartEvent(event: ConversationEvent): ChartEvent | null {
  if (event.type === "escalation.unanswered") return { type: event.type, ...event.data };
  if (event.type !== "escalation.notified" && event.type !== "escalation.failed") return null;
  return { type: event.type, escalationId: event.data.escalationId };
}

function usageOf(output: unknown): ModelUsage[] {
  const usage = typeof output === "object" && output !== null && "usage" in output ? output.usage : undefined;
  return Array.isArray(usage) ? usage : [];
}
