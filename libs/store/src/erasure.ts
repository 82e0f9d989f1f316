import { z } from "zod";
import type { Rpc } from "./rpc.ts";

/** A customer by conversation or by contact; at least one of the two. */
export interface CustomerRef {
  organizationId: string;
  chat?: string | undefined;
  contactId?: string | undefined;
}

const foundSchema = z.object({
  contactId: z.uuid().nullable(),
  chats: z.array(z.string()),
  identities: z.number().int(),
  messages: z.number().int(),
  futureAppointments: z.number().int(),
  erased: z.boolean(),
});
const erasedSchema = z.object({
  contactId: z.uuid().nullable(),
  chats: z.array(z.string()),
  identityIds: z.array(z.uuid()),
  appointmentIds: z.array(z.uuid()),
});
/** What an erasure would take, in numbers. */
export type FoundCustomer = z.infer<typeof foundSchema>;
/** What has to be cleared outside of the database. */
export type ErasedCustomer = z.infer<typeof erasedSchema>;

export interface Erasure {
  /** What is there of a customer. Throws PermanentError `contact_not_found`. */
  findCustomer(customer: CustomerRef): Promise<FoundCustomer>;
  /** Forgets a customer here and says what has to go elsewhere; again is the same. Throws PermanentError `contact_not_found`. */
  eraseCustomer(customer: CustomerRef): Promise<ErasedCustomer>;
  /** Organizations that keep messages for so many days only. */
  listRetentions(): Promise<{ organizationId: string; days: number }[]>;
  /** Everything elsewhere is gone too. */
  finishErasure(of: { organizationId: string; chats: readonly string[] }): Promise<void>;
}

/** The functions that forget a customer. */
export function createErasure(rpc: Rpc): Erasure {
  const named = ({ organizationId, chat, contactId }: CustomerRef) => ({
    p_organization_id: organizationId,
    ...(chat === undefined ? {} : { p_chat: chat }),
    ...(contactId === undefined ? {} : { p_contact_id: contactId }),
  });
  return {
    findCustomer: (customer) => rpc.call("find_customer", named(customer), foundSchema),
    eraseCustomer: (customer) => rpc.call("erase_customer", named(customer), erasedSchema),
    async listRetentions() {
      const listed = z.object({
        organizations: z.array(z.object({ organizationId: z.uuid(), days: z.number().int() })),
      });
      return (await rpc.call("list_retentions", {}, listed)).organizations;
    },
    async finishErasure({ organizationId, chats }) {
      const done = z.object({ finished: z.number().int() });
      await rpc.call("finish_erasure", { p_organization_id: organizationId, p_chats: [...chats] }, done);
    },
  };
}
