import type { SqlEngine } from "./sql-engine.ts";

interface Parameter {
  name: string;
  type: string;
  hasDefault: boolean;
}

export interface DatabaseFunction {
  name: string;
  parameters: Parameter[];
  returns: "void" | "value" | "set";
  /** A stable or immutable function runs in a read-only transaction. */
  readsOnly: boolean;
}

export interface FunctionCatalogue {
  /** The functions of that name which take exactly these arguments; reads the database again where it knows none. */
  find(name: string, argumentNames: readonly string[]): Promise<DatabaseFunction[]>;
}

const catalogueSql = `
  select p.proname as name, p.provolatile <> 'v' as reads_only,
    case when p.proretset then 'set' when p.prorettype = 'void'::regtype then 'void' else 'value' end as returns,
    coalesce((select json_agg(json_build_object('name', p.proargnames[n], 'type', format_type(t, null), 'hasDefault', n > p.pronargs - p.pronargdefaults) order by n)
      from unnest(p.proargtypes) with ordinality a(t, n)), '[]')::text as parameters
  from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.provariadic = 0`;

/** A list that is read at most this often, so that wrong names cannot keep the database busy. */
const REREAD_AFTER_MS = 1_000;

async function load(engine: SqlEngine): Promise<DatabaseFunction[]> {
  // With an empty search path every type is written with its schema.
  const results = await engine.script(`select set_config('search_path', '', true); ${catalogueSql}`);
  return (results[1]?.rows ?? []).map((row) => ({
    name: String(row.name),
    returns: row.returns as DatabaseFunction["returns"],
    readsOnly: row.reads_only === true,
    parameters: JSON.parse(String(row.parameters)) as Parameter[],
  }));
}

function takes(fn: DatabaseFunction, argumentNames: readonly string[]): boolean {
  return (
    argumentNames.every((name) => fn.parameters.some((parameter) => parameter.name === name)) &&
    fn.parameters.every((parameter) => parameter.hasDefault || argumentNames.includes(parameter.name))
  );
}

/** Keeps the list of functions that can be called, as PostgREST's schema cache does. */
export function createFunctionCatalogue(engine: SqlEngine): FunctionCatalogue {
  let functions: DatabaseFunction[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  const matching = (name: string, argumentNames: readonly string[]) =>
    functions.filter((fn) => fn.name === name && takes(fn, argumentNames));
  return {
    async find(name, argumentNames) {
      const known = matching(name, argumentNames);
      if (known.length > 0 || performance.now() - readAt < REREAD_AFTER_MS) return known;
      readAt = performance.now();
      functions = await load(engine);
      return matching(name, argumentNames);
    },
  };
}
