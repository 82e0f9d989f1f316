import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool } from "./tool.ts";

const inputSchema = z.strictObject({
  reason: z.enum(["user_asked", "low_confidence", "policy", "tool_failure"]),
  summary: z.string(),
});

export interface RaiseEscalationDeps {
  raiseEscalation(escalation: {
    organizationId: string;
    chatIdentityId: string;
    reason: z.infer<typeof inputSchema>["reason"];
    summary: string;
    idempotencyKey: string;
  }): Promise<{ escalationId: string; alreadyOpen: boolean }>;
}

/** Asks for a person; a conversation has at most one escalation open, and a repeated turn raises none of its own. */
export function createRaiseEscalation(store: RaiseEscalationDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, chatIdentityId, turnId }): Promise<EffectOutput<"raise_escalation">> {
      const { reason, summary } = inputSchema.parse(input);
      const { escalationId, alreadyOpen } = await store.raiseEscalation({
        organizationId,
        chatIdentityId,
        reason,
        summary,
        idempotencyKey: `escalation ${turnId}`,
      });
      return { escalationId, alreadyOpen };
    },
  };
}
