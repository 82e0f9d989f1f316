import type { z } from "zod";
import { OpenAiRefusal } from "./openai-error.ts";

/** Parses a body, or refuses it as OpenAI does, naming the parameter. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join(".") ?? "";
  throw new OpenAiRefusal(`Invalid value for '${param}': ${issue?.message}.`, { param, code: "invalid_value" });
}
