import type { BotPaused, BotResumed, EscalationRaised } from "@skytide/events";
import { z } from "zod";
import type { Rpc } from "./rpc.ts";

type EscalationReason = EscalationRaised["data"]["reason"];
type SwitchReason = BotPaused["data"]["reason"] | BotResumed["data"]["reason"];

const instant = z.iso.datetime({ offset: true });

const handoffSchema = z.object({
  botEnabled: z.boolean(),
  /** By this look: everybody had been quiet long enough. */
  resumed: z.boolean(),
  /** When the agent comes back by itself; it moves while staff go on writing. */
  resumesAt: instant.nullable(),
  /** The escalation of which staff were told and which is open. */
  escalation: z
    .object({
      id: z.uuid(),
      rounds: z.number().int(),
      /** Somebody of the team has written since it was raised. */
      answered: z.boolean(),
      tellAgainAt: instant.nullable(),
      giveUpAt: instant.nullable(),
    })
    .nullable(),
});
/** Where a conversation's hand-off stands. */
type Handoff = z.infer<typeof handoffSchema>;

const openHandoffSchema = z.object({ id: z.uuid(), organizationId: z.uuid(), chat: z.string() });
/** A conversation whose hand-off somebody has to look at some time. */
type OpenHandoff = z.infer<typeof openHandoffSchema>;

export interface Handoffs {
  /** Asks for a person; at most one escalation is open per conversation, and the open one is given back. */
  raiseEscalation(escalation: {
    organizationId: string;
    chatIdentityId: string;
    reason: EscalationReason;
    /** In the customer's or the agent's words; stays in the database. */
    summary: string;
    idempotencyKey: string;
  }): Promise<{ escalationId: string; alreadyOpen: boolean }>;
  /** Notified: it stays open until a person closes it. Failed: it is closed, another one may be raised. */
  settleEscalation(outcome: {
    organizationId: string;
    escalationId: string;
    outcome: "notified" | "failed";
  }): Promise<void>;
  /** Switches the agent for one conversation; off, it comes back after the organization's quiet time or `resumesAt`, if there is one. */
  setBotEnabled(change: {
    organizationId: string;
    chatIdentityId: string;
    enabled: boolean;
    reason: SwitchReason;
    resumesAt?: string | undefined;
  }): Promise<{ changed: boolean }>;
  /** Looks at a conversation's hand-off, and switches the agent on again where its time has come; null for an unknown conversation. */
  lookAtHandoff(of: { organizationId: string; chat: string }): Promise<Handoff | null>;
  /** Says that the customer is told that nobody answered; `undelivered` also ends the escalation and switches the agent on. */
  settleUnanswered(of: { organizationId: string; escalationId: string; undelivered: boolean }): Promise<void>;
  /** The hand-offs that are under way, page by page. */
  listHandoffs(of: { limit: number; after?: string | undefined }): Promise<OpenHandoff[]>;
  /** Switches the agent on again where the deadline of a hand-off has passed. */
  resumeDueBots(limit?: number): Promise<{ resumed: number }>;
}

/** The functions about people taking over. */
export function createHandoffs(rpc: Rpc): Handoffs {
  return {
    raiseEscalation: ({ organizationId, chatIdentityId, reason, summary, idempotencyKey }) =>
      rpc.call(
        "raise_escalation",
        {
          p_organization_id: organizationId,
          p_chat_identity_id: chatIdentityId,
          p_reason: reason,
          p_summary: summary,
          p_idempotency_key: idempotencyKey,
        },
        z.object({ escalationId: z.uuid(), alreadyOpen: z.boolean() }),
      ),
    settleEscalation: async ({ organizationId, escalationId, outcome }) => {
      await rpc.call(
        "settle_escalation",
        { p_organization_id: organizationId, p_escalation_id: escalationId, p_outcome: outcome },
        z.object({}),
      );
    },
    setBotEnabled: ({ organizationId, chatIdentityId, enabled, reason, resumesAt }) =>
      rpc.call(
        "set_bot_enabled",
        {
          p_organization_id: organizationId,
          p_chat_identity_id: chatIdentityId,
          p_enabled: enabled,
          p_reason: reason,
          p_resumes_at: resumesAt,
        },
        z.object({ changed: z.boolean() }),
      ),
    lookAtHandoff: async ({ organizationId, chat }) =>
      (
        await rpc.call(
          "look_at_handoff",
          { p_organization_id: organizationId, p_chat: chat },
          z.object({ handoff: handoffSchema.nullable() }),
        )
      ).handoff,
    settleUnanswered: async ({ organizationId, escalationId, undelivered }) => {
      await rpc.call(
        "settle_unanswered",
        { p_organization_id: organizationId, p_escalation_id: escalationId, p_undelivered: undelivered },
        z.object({}),
      );
    },
    listHandoffs: async ({ limit, after }) =>
      (
        await rpc.call(
          "list_handoffs",
          { p_limit: limit, p_after_id: after },
          z.object({ handoffs: z.array(openHandoffSchema) }),
        )
      ).handoffs,
    resumeDueBots: (limit) => rpc.call("resume_due_bots", { p_limit: limit }, z.object({ resumed: z.number().int() })),
  };
}
