import { z } from "zod";
import { eventSchema } from "./envelope.ts";
import { personal } from "./personal.ts";

const cursorSchema = z.object({
  /** Last sequence of the lane that the conversation has taken in; 0 before the first. */
  inbound: z.number().int().nonnegative(),
  handoff: z.number().int().nonnegative(),
  /** Creation time of the stream the sequences belong to: a recreated stream means a rebuild. */
  streamCreatedAt: z.string(),
});

/** `state.committed` (lane state, private): what a conversation remembers between turns, at most 16 KB. */
export const stateCommittedSchema = eventSchema(
  "state.committed",
  z.object({
    machine: z.string(),
    version: z.number().int().positive(),
    /** The statechart's persisted snapshot; opaque to everyone but the brain. */
    snapshot: personal(z.unknown()),
    cursor: cursorSchema,
    history: z.array(
      z.object({ role: z.enum(["customer", "agent", "staff"]), text: personal(z.string()), at: z.string() }),
    ),
    /** Ids of the last inbound events taken in, newest last. */
    seen: z.array(z.string()).max(128),
    /** Media messages whose description had not come when their turn ran. */
    pendingMedia: z.array(z.string()),
    /** The last turn that said something, where it said it, and the last receipt before it: what a yes answers, and whether it arrived. */
    asked: z
      .object({
        turn: z.string(),
        channel: z.enum(["whatsapp", "invoke"]),
        receiptsAfter: z.number().int().nonnegative(),
      })
      .optional(),
    /** Turns in a row that were given up; none when the last one was answered. */
    failedTurns: z.number().int().positive().optional(),
  }),
);
export type StateCommitted = z.infer<typeof stateCommittedSchema>;
export type ConversationCursor = z.infer<typeof cursorSchema>;

const usageSchema = z.object({
  model: z.string(),
  operation: z.enum(["decide", "phrase", "embed"]),
  inputTokens: z.number().int().nonnegative(),
  cachedInputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  costUsd: z.number().nonnegative().optional(),
});

/** `turn.completed` (lane turn): what one turn did; names and codes only, no words of the customer. */
export const turnCompletedSchema = eventSchema(
  "turn.completed",
  z.object({
    outcome: z.enum(["replied", "no_reply", "escalated", "paused"]),
    /** The inbound events that the turn answered. */
    messageIds: z.array(z.string()),
    /** States of the chart, in the order visited. */
    states: z.array(z.string()),
    decisions: z.array(z.object({ by: z.enum(["code", "model", "fallback"]), event: z.string() })),
    tools: z.array(z.object({ tool: z.string(), outcome: z.string(), durationMs: z.number() })),
    usage: z.array(usageSchema),
    durationMs: z.number().nonnegative(),
    /** True when a newer message could not stop this commit any more (a tool had acted, or the waiting cap was reached). */
    fencedByStateOnly: z.boolean(),
  }),
);
export type TurnCompleted = z.infer<typeof turnCompletedSchema>;
export type ModelUsage = z.infer<typeof usageSchema>;

/** `turn.failed` (lane turn): a turn was given up; the customer got the fallback sentence if `replied`. */
export const turnFailedSchema = eventSchema(
  "turn.failed",
  z.object({
    code: z.string(),
    attempts: z.number().int().positive(),
    replied: z.boolean(),
    messageIds: z.array(z.string()),
    /** True when a person was asked for: too many turns in a row had failed. */
    escalated: z.boolean().optional(),
  }),
);
export type TurnFailed = z.infer<typeof turnFailedSchema>;
