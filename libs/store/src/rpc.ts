import { PermanentError, RetryableError } from "@skytide/errors";
import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { Database, Json } from "./database.generated.ts";

const answerSchema = z.discriminatedUnion("ok", [
  z.looseObject({ ok: z.literal(true) }),
  z.looseObject({ ok: z.literal(false), code: z.string() }),
]);

/** What a database function said: done, or refused with a code and facts about the refusal. */
export type Answer = z.infer<typeof answerSchema>;

type Functions = Database["public"]["Functions"];
/** The functions that the migrations make. */
export type FunctionName = keyof Functions;
type Arguments<Name extends FunctionName> = Functions[Name]["Args"];
/** What a function takes, as its migration says; what it takes as JSON may be anything that JSON can hold. */
export type Parameters<Name extends FunctionName> = {
  [Key in keyof Arguments<Name>]: Json extends Arguments<Name>[Key] ? unknown : Arguments<Name>[Key];
};

export interface Rpc {
  /** Calls a function and gives its answer, a refusal included. */
  answer<Name extends FunctionName>(name: Name, parameters: Parameters<Name>): Promise<Answer>;
  /** Calls a function that may not refuse: a refusal is a `PermanentError`. */
  call<Name extends FunctionName, Result>(
    name: Name,
    parameters: Parameters<Name>,
    schema: z.ZodType<Result>,
  ): Promise<Result>;
}

/** SQLSTATE classes of trouble that passes: connection, rollback by concurrency, resources, object in use, intervention. */
const passingClasses = new Set(["08", "40", "53", "55", "57"]);
/** A key or a function that a deployment is just changing: the message is not at fault. */
const deploymentCodes = /^(PGRST0|PGRST2|PGRST3|42501$|42883$)/;

function toError(name: string, status: number, code: string, cause: unknown): RetryableError | PermanentError {
  const shown = code === "" ? `http-${status}` : code.toLowerCase();
  // The database's own message can quote a value, so only codes are shown.
  const message = `The database function ${name} failed (status ${status}, code ${code === "" ? "none" : code}).`;
  const passes =
    status === 0 ||
    status === 429 ||
    status >= 500 ||
    passingClasses.has(code.slice(0, 2)) ||
    deploymentCodes.test(code);
  return passes
    ? new RetryableError(`database-${shown}`, message, { cause })
    : new PermanentError(`database-${shown}`, message, { cause });
}

/** Reads a value that the database gave; one that does not fit is a fault of ours, told by paths only. */
export function readAnswer<Result>(name: string, value: unknown, schema: z.ZodType<Result>): Result {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`).join(", ");
  throw new PermanentError(
    "database-answer",
    `The database function ${name} answered in an unknown shape (${problems}).`,
  );
}

/** Turns the error of a refusal that nobody expected into the one that dead-letters. */
export function refused(name: string, code: string): PermanentError {
  return new PermanentError(code.replaceAll("_", "-"), `The database function ${name} refused with ${code}.`);
}

/** Postgres text holds neither U+0000 nor half a surrogate pair; what customers send may. */
function storable(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\u0000", "").toWellFormed();
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, storable(inner)]));
}

/** Calls database functions through PostgREST's rpc and gives the verdict on what fails. */
export function createRpc(client: SupabaseClient): Rpc {
  const answer = async <Name extends FunctionName>(name: Name, parameters: Parameters<Name>): Promise<Answer> => {
    const { data, error, status } = await client.rpc(name, storable(parameters));
    if (error) throw toError(name, status, error.code ?? "", new Error(error.code || `status ${status}`));
    return readAnswer(name, data, answerSchema);
  };
  return {
    answer,
    async call(name, parameters, schema) {
      const value = await answer(name, parameters);
      if (!value.ok) throw refused(name, value.code);
      return readAnswer(name, value, schema);
    },
  };
}
