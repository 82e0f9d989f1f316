import type { EffectKind } from "../conversation/types.ts";

/** Whose conversation an effect belongs to; never taken from a model or an effect's input. */
export interface ToolContext {
  organizationId: string;
  chatIdentityId: string;
  turnId: string;
  now: Date;
  signal: AbortSignal;
}

export interface Tool {
  /** True when performing it changes the world: after it a turn is not restarted. */
  acts: boolean;
  /** JSON in, JSON out; `usage` (ModelUsage[]) stands in the output where a model was called. */
  perform(input: unknown, context: ToolContext): Promise<unknown>;
}

export type Tools = Record<EffectKind, Tool>;
