import type { BotPaused, BotResumed, EscalationRaised } from "@skytide/events";
import { z } from "zod";
import type { Rpc } from "./rpc.ts";

type EscalationReason = EscalationRaised["data"]["reason"];
type SwitchReason = BotPaused["data"]["reason"] | BotResumed["data"]["reason"];

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
    resumeDueBots: (limit) => rpc.call("resume_due_bots", { p_limit: limit }, z.object({ resumed: z.number().int() })),
  };
}
