import { z } from "zod";
import { eventSchema } from "./envelope.ts";

/** Lane contact, by the relay (and erasure). Ids and states only. */
export const contactCreatedSchema = eventSchema("contact.created", z.object({ contactId: z.uuid() }));
export const consentChangedSchema = eventSchema(
  "consent.changed",
  z.object({ contactId: z.uuid(), channel: z.string(), state: z.enum(["opt_in", "opt_out"]) }),
);
export const contactErasedSchema = eventSchema("contact.erased", z.object({ contactId: z.uuid().optional() }));
