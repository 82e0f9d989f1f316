import { createFunctionCatalogue, type DatabaseFunction } from "./function-catalogue.ts";
import type { Caller } from "./gateway-keys.ts";
import { HttpProblem } from "./http.ts";
import { statusOf } from "./http-status.ts";
import { rpcScript } from "./rpc-script.ts";
import { type SqlEngine, toSqlError } from "./sql-engine.ts";

export interface RpcAnswer {
  status: number;
  json: string | null;
}

const SINGLE = "application/vnd.pgrst.object+json";

/** Answers `POST /rest/v1/rpc/<function>` as PostgREST does. */
export function createRpcEndpoint(engine: SqlEngine) {
  const catalogue = createFunctionCatalogue(engine);
  return async (name: string, text: string, accept: string, caller: Caller): Promise<RpcAnswer> => {
    const argumentNames = readArgumentNames(text);
    const fn = choose(name, argumentNames, await catalogue.find(name, argumentNames));
    const json = await run(engine, rpcScript(fn, argumentNames, text, caller), caller);
    if (fn.returns === "void") return { status: 204, json: null };
    return { status: 200, json: accept.includes(SINGLE) && fn.returns === "set" ? single(json) : json };
  };
}

function readArgumentNames(text: string): string[] {
  if (text.trim() === "") return [];
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.keys(value);
  } catch {
    // The answer below says it.
  }
  throw new HttpProblem(400, "PGRST102", "Empty or invalid json");
}

function choose(name: string, argumentNames: readonly string[], found: readonly DatabaseFunction[]): DatabaseFunction {
  const [first, second] = found;
  const shown = `public.${name}(${argumentNames.join(", ")})`;
  if (first === undefined)
    throw new HttpProblem(404, "PGRST202", `Could not find the function ${shown} in the schema cache`, {
      details: "No function of that name takes exactly these arguments.",
    });
  if (second !== undefined)
    throw new HttpProblem(300, "PGRST203", `Could not choose the best candidate function for ${shown}`);
  return first;
}

async function run(engine: SqlEngine, script: string, caller: Caller): Promise<string> {
  try {
    const results = await engine.script(script);
    const body = results.at(-1)?.rows[0]?.body;
    return typeof body === "string" ? body : "null";
  } catch (error) {
    const refusal = toSqlError(error);
    // Not an answer of the database: it could not be reached.
    if (refusal === null) throw new HttpProblem(503, "PGRST001", "The database did not answer.");
    const { code, message, detail, hint } = refusal;
    throw new HttpProblem(statusOf(code, caller.role === "anon"), code, message, {
      ...(detail === undefined ? {} : { details: detail }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function single(json: string): string {
  const rows: unknown = JSON.parse(json);
  if (Array.isArray(rows) && rows.length === 1) return JSON.stringify(rows[0]);
  throw new HttpProblem(406, "PGRST116", "Cannot coerce the result to a single JSON object", {
    details: `The result contains ${Array.isArray(rows) ? rows.length : 0} rows`,
  });
}
