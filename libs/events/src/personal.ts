import type { z } from "zod";

/** The mark of a field that holds personal data; it stands in the JSON Schemas too. */
export const PERSONAL = "x-personal";

/** Marks a field as personal data: what a person wrote, their name, phone or place, or an id that contains one of them. */
export function personal<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ [PERSONAL]: true });
}
