import type { ChartEvent } from "../conversation/index.ts";
import { type Conversed, converse } from "./converse.ts";
import type { FailedTurn, GiveUpDeps } from "./give-up.ts";
import type { TurnJournal } from "./turn-journal.ts";

/** What code decides where the agent has failed a customer too often. */
const UNANSWERABLE: ChartEvent = { type: "customer.unanswerable", why: "failed_turns" };

/**
 * Asks for a person once the organization's number of failed turns in a row is reached: the chart says so and raises the
 * escalation, and no model is asked. Null before that, and where this fails too.
 */
export async function escalateFailure(deps: GiveUpDeps, failed: FailedTurn): Promise<Conversed | null> {
  const { conversation, facts, failedTurns, input, now, signal, stored, turnId } = failed;
  if (facts === null || failedTurns < facts.organization.settings.maxFailedTurns) return null;
  const header = { turnId, now: now.toISOString(), limit: input.cursor };
  const decide = async () => ({ event: UNANSWERABLE, by: "fallback" as const, usage: [] });
  const conversed = await converse(
    { ...deps, decide },
    {
      ...{ conversation, snapshot: stored.snapshot, history: stored.history, input, facts, header },
      ...{ journal: unrecorded(), signals: { thinking: signal, acting: signal } },
      ...{ beforeActing: async () => {}, unheard: null },
    },
  ).catch(() => null);
  // A chart that did not ask for anybody has nothing to say either.
  const raised = conversed?.performed.some(({ effect }) => effect.kind === "raise_escalation") ?? false;
  return raised ? conversed : null;
}

/** The one effect is keyed by the turn: repeated, it raises nothing new. */
function unrecorded(): TurnJournal {
  return { acted: false, step: (_kind, work) => work(), act: (_kind, work) => work() };
}
