import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bus } from "@skytide/bus";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

const SCHEMAS = join(import.meta.dirname, "..", "..", "..", "docs", "schemas");

/** What stands on a log, held against the schemas that are given to subscribers. */
export interface EventCheck {
  total: number;
  /** Events by type. */
  counts: Readonly<Record<string, number>>;
  /** Type and what is wrong, without the words of the event. */
  invalid: readonly string[];
  /** The last event of each type. */
  examples: Readonly<Record<string, unknown>>;
}

/** Reads a whole log and validates every event by docs/schemas. */
export async function checkEvents(bus: Pick<Bus, "follow">): Promise<EventCheck> {
  const bySchema = validators();
  const counts: Record<string, number> = {};
  const examples: Record<string, unknown> = {};
  const invalid: string[] = [];
  let total = 0;
  for await (const message of bus.follow({ stream: "CONVERSATIONS", filters: ["conv.>"], from: "first" })) {
    const event = message.json() as { type: string; dataschema: string };
    const { type, dataschema } = event;
    total += 1;
    counts[type] = (counts[type] ?? 0) + 1;
    examples[type] = event;
    const validate = bySchema.get(dataschema);
    if (!validate) invalid.push(`${type}: no schema ${dataschema}`);
    else if (!validate(event)) invalid.push(...problemsOf(type, validate));
  }
  return { total, counts, invalid, examples };
}

function validators(): ReadonlyMap<string, ValidateFunction> {
  const ajv = addFormats.default(new Ajv({ strict: false }));
  const files = readdirSync(SCHEMAS).filter((name) => name.endsWith(".json"));
  return new Map(
    files.map((name) => {
      const schema = JSON.parse(readFileSync(join(SCHEMAS, name), "utf8"));
      return [schema.$id, ajv.compile(schema)];
    }),
  );
}

function problemsOf(type: string, { errors }: ValidateFunction): string[] {
  return (errors ?? []).map(({ instancePath, keyword }) => `${type}${instancePath} ${keyword}`);
}
