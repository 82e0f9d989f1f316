import { z } from "zod";

/** Stands for the organization where an operation concerns the whole fleet: `ops.fleet.<kind>`. */
export const FLEET = "fleet";

/** `operator.acted` (`ops.<org>.audit`): who changed what by hand; no personal data of customers. */
export const operatorActedSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  type: z.literal("operator.acted"),
  source: z.string(),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  dataschema: z.string(),
  org: z.union([z.uuid(), z.literal(FLEET)]),
  data: z.object({
    /** The operator's name: an employee, never a customer. */
    operator: z.string(),
    action: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
});
export type OperatorActed = z.infer<typeof operatorActedSchema>;
