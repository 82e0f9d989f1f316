import { z } from "zod";

const priceSchema = z.strictObject({
  input: z.number().nonnegative(),
  cachedInput: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
});

/** US dollars per million tokens, by model name. */
export type ModelPrices = Readonly<Record<string, z.infer<typeof priceSchema>>>;

/** Parses `MODEL_PRICES`: a JSON object `{"<model>":{"input":2.5,"cachedInput":1.25,"output":10}}` in US dollars per million tokens. */
export const modelPricesSchema = z.string().transform((text, context): ModelPrices => {
  try {
    const parsed = z.record(z.string(), priceSchema).safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {}
  context.addIssue({
    code: "custom",
    message: 'expected JSON like {"gpt-4o":{"input":2.5,"cachedInput":1.25,"output":10}}',
  });
  return z.NEVER;
});
