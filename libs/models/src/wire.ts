import { RetryableError } from "@skytide/errors";
import type { z } from "zod";
import type { Answer } from "./answer.ts";
import type { ChooseRequest, WriteRequest } from "./language-model.ts";

export const WIRES = ["responses", "chat", "json"] as const;
export type Wire = (typeof WIRES)[number];

/** One way to write a request and to read its reply. */
export interface WireFormat {
  path: string;
  toChooseBody(model: string, request: ChooseRequest): object;
  toWriteBody(model: string, request: WriteRequest): object;
  fromChooseReply(reply: unknown): Answer;
  fromWriteReply(reply: unknown): Answer;
}

// Enough for the longest arguments or reply and for a reasoning model's thoughts before it; caps what one call can cost.
export const MAX_TOKENS = 2_048;

/** Reads a vendor's reply; one of another shape was made by something in between and is worth another try. */
export function readReply<Schema extends z.ZodType>(schema: Schema, reply: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  throw new RetryableError("openai-broken-reply", "OpenAI's answer has an unknown shape");
}

/** The allowed tools in the order of the list. Throws RangeError when nothing is offered or an unknown name is. */
export function offeredTools(request: ChooseRequest): ChooseRequest["tools"] {
  const offered = request.tools.filter(({ name }) => request.allowed.includes(name));
  if (offered.length === 0) throw new RangeError("a model cannot choose among no tools");
  if (offered.length !== new Set(request.allowed).size)
    throw new RangeError("an allowed tool is not in the list of tools");
  return offered;
}
