import { PermanentError } from "@skytide/errors";
import type { Effect } from "../conversation/index.ts";
import type { ToolContext, Tools } from "../tools/index.ts";
import type { TurnJournal } from "./turn-journal.ts";

export type EffectResult =
  | { kind: "done"; output: unknown; durationMs: number }
  | { kind: "failed"; code: string; durationMs: number };

interface Performing {
  tools: Tools;
  journal: TurnJournal;
  context: Omit<ToolContext, "signal">;
  signals: TurnSignals;
  /** Told before the first effect that changes the world; throws where the turn should start over instead. */
  beforeActing(): Promise<void>;
  now(): Date;
}

/** What ends the work of a turn. */
export interface TurnSignals {
  /** A newer message, or the end of the attempt: what was only thought is worth nothing then. */
  thinking: AbortSignal;
  /** The end of the attempt alone: what was begun in the world is finished. */
  acting: AbortSignal;
}

/** Performs an effect through the journal. What cannot succeed is a result for the chart; everything else is thrown, for the turn to be repeated. */
export async function performEffect(
  { tools, journal, context: of, signals, beforeActing, now }: Performing,
  effect: Effect,
): Promise<EffectResult> {
  const tool = tools[effect.kind];
  const context = { ...of, signal: tool.acts ? signals.acting : signals.thinking };
  if (tool.acts && !journal.acted) await beforeActing();
  const run = tool.acts ? journal.act : journal.step;
  return run<EffectResult>(`tool:${effect.kind}`, async () => {
    const startedAt = now().getTime();
    const durationMs = () => now().getTime() - startedAt;
    try {
      const output = (await tool.perform(effect.input, context)) ?? null;
      return { kind: "done", output, durationMs: durationMs() };
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return { kind: "failed", code: error.code, durationMs: durationMs() };
    }
  });
}

/** The word for a tool's result in events and metrics: a tool's answer names its outcome in `kind` (`booked`, `refused`, `slots`). */
export function outcomeOf(result: EffectResult): string {
  if (result.kind === "failed") return result.code;
  const { output } = result;
  const kind = typeof output === "object" && output !== null && "kind" in output ? output.kind : undefined;
  return typeof kind === "string" ? kind : "ok";
}
