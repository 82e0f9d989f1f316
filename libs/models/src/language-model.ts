import type { z } from "zod";
import type { Usage } from "./usage.ts";

/** One thing that the model may choose: an event the conversation accepts, with the shape of its payload. */
export interface ModelTool {
  /** `[A-Za-z0-9_-]`, at most 64 characters. */
  name: string;
  description: string;
  /** A `z.strictObject` all the way down; what may be missing is nullable, not optional. Built once and kept: its JSON Schema is cached by identity. */
  parameters: z.ZodType;
}

/** One line of the dialogue; `staff` is a person of the business who answered in the agent's place. */
export interface DialogueLine {
  role: "customer" | "agent" | "staff";
  text: string;
}

interface ModelRequest {
  /** Static instructions, the same for many calls: they stand first and are cached by the provider. */
  system: string;
  /** Oldest first; the customer's newest words are its last line. */
  history: readonly DialogueLine[];
  /** State and facts of this turn, rendered by code; stands last. */
  context: string;
  signal: AbortSignal;
  /** Groups calls with a common prefix (the organization), for the provider's prompt cache. */
  cacheKey?: string;
  /** A keyed hash of the customer, never the phone. */
  safetyId?: string;
  maxTokens?: number;
  /** Another model of the same provider than the configured one. */
  model?: string;
}

export interface ChooseRequest extends ModelRequest {
  /** The static list, in a fixed order. */
  tools: readonly ModelTool[];
  /** Names out of `tools` that are offered now; at least one. */
  allowed: readonly string[];
}

export type WriteRequest = ModelRequest;

/** Why an answer of the model is unusable. */
export const INVALID_REASONS = [
  "incomplete",
  "empty",
  "no_tool",
  "several_tools",
  "unknown_tool",
  "not_offered",
  "broken_json",
  "wrong_arguments",
] as const;
export type InvalidReason = (typeof INVALID_REASONS)[number];

/** An answer that cannot be used; `detail` says why in one sentence without quoting anybody, fit for a repair attempt. */
export interface InvalidAnswer {
  kind: "invalid";
  reason: InvalidReason;
  detail: string;
  usage: Usage;
}

export type Choice =
  | { kind: "chosen"; tool: string /** Parsed by the tool's schema. */; arguments: unknown; usage: Usage }
  | InvalidAnswer
  | { kind: "refused"; usage: Usage };

export type Writing = { kind: "text"; text: string; usage: Usage } | InvalidAnswer | { kind: "refused"; usage: Usage };

/**
 * A language model behind one port, whatever its wire. What the model says badly is an answer (`invalid`, `refused`); what
 * keeps it from answering is thrown: RetryableError, PermanentError, or CallAbortedError when `signal` was aborted.
 */
export interface LanguageModel {
  /** Has the model choose exactly one of the allowed tools and fill its parameters. */
  choose(request: ChooseRequest): Promise<Choice>;
  /** Has the model write one text. */
  write(request: WriteRequest): Promise<Writing>;
}
