import { z } from "zod";
import { eventSchema } from "./envelope.ts";
import { personal } from "./personal.ts";
import { outgoingMessageSchema } from "./reply-requested.ts";

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
        channel: z.enum(["whatsapp", "invoke", "draft"]),
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
  /** Version of the prompt behind the call. */
  prompt: z.string().optional(),
  startedAt: z.iso.datetime({ offset: true }).optional(),
  durationMs: z.number().nonnegative().optional(),
});

/** Ids, enumerations, numbers and switches; never words of a person. */
const plainFactsSchema = z.record(z.string(), z.union([z.string().max(64), z.number(), z.boolean()]));

/** What a conversation gets by its organization's settings. */
const treatmentSchema = z.object({
  share: z.enum(["main", "rollout"]),
  prompt: z.string(),
  model: z.string(),
  draft: z.boolean(),
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
    decisions: z.array(
      z.object({
        by: z.enum(["code", "model", "fallback"]),
        event: z.string(),
        /** What the model could choose from, where it was asked. */
        offered: z.array(z.string()).max(32).optional(),
        /** What was chosen, as far as it is no words of a person. */
        choice: plainFactsSchema.optional(),
        /** Why the model's answers before were not taken, a code each. */
        refusals: z.array(z.string().max(64)).max(4).optional(),
      }),
    ),
    tools: z.array(
      z.object({
        tool: z.string(),
        outcome: z.string(),
        durationMs: z.number(),
        startedAt: z.iso.datetime({ offset: true }).optional(),
        /** What it was asked, as far as it is no words of a person. */
        asked: plainFactsSchema.optional(),
        /** How many things it found. */
        found: z.number().int().nonnegative().optional(),
        /** Why what the model wrote was not taken, a line per attempt. */
        checks: z.array(z.string().max(200)).max(4).optional(),
      }),
    ),
    treatment: treatmentSchema.optional(),
    /** What was known when the turn began: counts and switches. */
    facts: plainFactsSchema.optional(),
    usage: z.array(usageSchema),
    durationMs: z.number().nonnegative(),
    /** True when a newer message could not stop this commit any more (a tool had acted, or the waiting cap was reached). */
    fencedByStateOnly: z.boolean(),
  }),
);
export type TurnCompleted = z.infer<typeof turnCompletedSchema>;
export type ModelUsage = z.infer<typeof usageSchema>;

/** `reply.drafted` (lane turn): what would have been sent and done, for a person to decide; nothing was. */
export const replyDraftedSchema = eventSchema(
  "reply.drafted",
  z.object({
    messages: z.array(outgoingMessageSchema),
    /** What would have been done in the world. */
    actions: z.array(z.object({ action: z.string(), facts: plainFactsSchema })),
    /** The inbound events that it would answer. */
    messageIds: z.array(z.string()),
    treatment: treatmentSchema,
  }),
);
export type ReplyDrafted = z.infer<typeof replyDraftedSchema>;
export type PlainFacts = z.infer<typeof plainFactsSchema>;

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
