import { z } from "zod";
import type { Rpc } from "./rpc.ts";

export interface Consents {
  /** Remembers what a contact allows on a channel; saying the same again changes nothing. */
  recordConsent(consent: {
    organizationId: string;
    contactId: string;
    channel: "whatsapp";
    type: "opt_in" | "opt_out";
    /** How we know: the turn, the words' message id. */
    evidence: Record<string, unknown>;
  }): Promise<{ changed: boolean }>;
  /** Forgets a person: future appointments are cancelled, messages and identities deleted, the contact emptied. */
  eraseContact(of: {
    organizationId: string;
    contactId: string;
  }): Promise<{ chats: string[]; messages: number; mediaPaths: string[] }>;
  /** Deletes what each organization's retention no longer allows, at most `batch` rows of each kind. */
  purgeExpired(batch?: number): Promise<{ messages: number; mediaPaths: string[]; outbox: number; receipts: number }>;
}

/** The functions about what people allow, and about forgetting. */
export function createConsents(rpc: Rpc): Consents {
  return {
    recordConsent: ({ organizationId, contactId, channel, type, evidence }) =>
      rpc.call(
        "record_consent",
        {
          p_organization_id: organizationId,
          p_contact_id: contactId,
          p_channel: channel,
          p_type: type,
          p_evidence: evidence,
        },
        z.object({ changed: z.boolean() }),
      ),
    eraseContact: ({ organizationId, contactId }) =>
      rpc.call(
        "erase_contact",
        { p_organization_id: organizationId, p_contact_id: contactId },
        z.object({ chats: z.array(z.string()), messages: z.number().int(), mediaPaths: z.array(z.string()) }),
      ),
    purgeExpired: (batch) =>
      rpc.call(
        "purge_expired",
        { p_batch: batch },
        z.object({
          messages: z.number().int(),
          mediaPaths: z.array(z.string()),
          outbox: z.number().int(),
          receipts: z.number().int(),
        }),
      ),
  };
}
