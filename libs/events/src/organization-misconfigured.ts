import { z } from "zod";

/** `organization.misconfigured` (`ops.<org>.misconfigured`): the organization must act; once per window and setting. */
export const organizationMisconfiguredSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  type: z.literal("organization.misconfigured"),
  source: z.string(),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  dataschema: z.string(),
  org: z.uuid(),
  data: z.object({ stage: z.string(), code: z.string(), setting: z.string() }),
});
export type OrganizationMisconfigured = z.infer<typeof organizationMisconfiguredSchema>;
