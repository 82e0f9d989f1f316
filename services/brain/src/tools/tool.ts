import type { ModelUsage } from "@skytide/events";
import type { TurnBrief } from "../brief/index.ts";

/** Whose conversation an effect belongs to; never taken from a model or an effect's input. */
export interface ToolContext {
  organizationId: string;
  chatIdentityId: string;
  turnId: string;
  now: Date;
  signal: AbortSignal;
  /** How this organization's conversations are thought about; without it the tool's own model and the newest prompts. */
  brief?: TurnBrief | undefined;
}

export interface Tool {
  /** True when performing it changes the world: after it a turn is not restarted. */
  acts: boolean;
  /** JSON in, JSON out; `usage` stands in the output where a model was called. */
  perform(input: unknown, context: ToolContext): Promise<unknown>;
}

/** What a tool that called a model adds to its output. */
export interface Used {
  usage: ModelUsage[];
}
