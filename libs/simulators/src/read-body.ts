import type { z } from "zod";

/** A mistake of the caller: answered with its status and message. */
export class BadRequest extends Error {
  readonly statusCode = 400;
}

/** Parses the body of a control call, or says in one sentence what is wrong with it. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new BadRequest(problems.join("; "));
}
