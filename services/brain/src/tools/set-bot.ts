import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool } from "./tool.ts";

export interface SetBotDeps {
  setBotEnabled(change: {
    organizationId: string;
    chatIdentityId: string;
    enabled: boolean;
    reason: "escalation";
  }): Promise<unknown>;
}

const inputSchema = z.strictObject({ enabled: z.boolean(), reason: z.literal("escalation") });

/** Switches the agent off for this conversation, once somebody of the team was notified. */
export function createSetBot(store: SetBotDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, chatIdentityId }): Promise<EffectOutput<"set_bot">> {
      await store.setBotEnabled({ organizationId, chatIdentityId, ...inputSchema.parse(input) });
      return {};
    },
  };
}
