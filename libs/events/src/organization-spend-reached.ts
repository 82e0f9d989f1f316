import { z } from "zod";

/** `organization.spend_reached` (`ops.<org>.spend`): the organization's models have cost what a day of theirs may; once a day. */
export const organizationSpendReachedSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  type: z.literal("organization.spend_reached"),
  source: z.string(),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  dataschema: z.string(),
  org: z.uuid(),
  data: z.object({
    /** The organization's own calendar day. */
    day: z.iso.date(),
    ceilingUsd: z.number().nonnegative(),
    spentUsd: z.number().nonnegative(),
  }),
});
export type OrganizationSpendReached = z.infer<typeof organizationSpendReachedSchema>;
