import { z } from "zod";
import type { EffectOutput } from "../conversation/index.ts";
import type { Tool } from "./tool.ts";

export interface RecordConsentDeps {
  recordConsent(consent: {
    organizationId: string;
    contactId: string;
    channel: "whatsapp";
    type: "opt_in" | "opt_out";
    evidence: Record<string, unknown>;
  }): Promise<unknown>;
}

const inputSchema = z.strictObject({
  contactId: z.string().min(1),
  type: z.enum(["opt_in", "opt_out"]),
  proposalId: z.string(),
});

/** Records whether the customer wants reminders, with the turn in which it was said. */
export function createRecordConsent(store: RecordConsentDeps): Tool {
  return {
    acts: true,
    async perform(input, { organizationId, turnId }): Promise<EffectOutput<"record_consent">> {
      const { contactId, type, proposalId } = inputSchema.parse(input);
      await store.recordConsent({
        organizationId,
        contactId,
        channel: "whatsapp",
        type,
        evidence: { turnId, proposalId },
      });
      return {};
    },
  };
}
