import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectBus, inboxPrefixOf } from "@skytide/bus";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Fleet } from "../tools/fleet/fleet.ts";

const ROOT = join(import.meta.dirname, "..");
const SCHEMAS = join(ROOT, "docs", "schemas");
const EXAMPLES = join(ROOT, "libs", "events", "test", "fixtures", "real-run.json");

/** What stands on a fleet's log, held against the schemas that are given to subscribers. */
export interface EventCheck {
  /** Events by type. */
  counts: Readonly<Record<string, number>>;
  /** Type and what is wrong, without the words of the event. */
  invalid: readonly string[];
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

/** Reads the whole log of a fleet and validates every event. With SKYTIDE_RECORD_EXAMPLES=1 one of each becomes the example of docs/events.md. */
export async function checkEvents({ urls, natsUsers }: Fleet): Promise<EventCheck> {
  const user = { nkeySeed: natsUsers?.seeds.operator, inboxPrefix: inboxPrefixOf("operator") };
  const bus = await connectBus({ servers: urls.nats, name: "check", ...user });
  const bySchema = validators();
  const counts: Record<string, number> = {};
  const invalid: string[] = [];
  const examples: Record<string, unknown> = {};
  for await (const message of bus.follow({ stream: "CONVERSATIONS", filters: ["conv.>"], from: "first" })) {
    const event = message.json() as { type: string; dataschema: string };
    counts[event.type] = (counts[event.type] ?? 0) + 1;
    examples[event.type] = event;
    const { type, dataschema } = event;
    const validate = bySchema.get(dataschema);
    if (!validate) invalid.push(`${type}: no schema ${dataschema}`);
    else if (!validate(event)) invalid.push(...problemsOf(type, validate));
  }
  await bus.drain();
  if (process.env.SKYTIDE_RECORD_EXAMPLES) record(examples);
  return { counts, invalid };
}

function problemsOf(type: string, { errors }: ValidateFunction): string[] {
  return (errors ?? []).map(({ instancePath, keyword }) => `${type}${instancePath} ${keyword}`);
}

/** A state is private and long: it is no example. */
function record({ "state.committed": _, ...examples }: Record<string, unknown>): void {
  const known = JSON.parse(readFileSync(EXAMPLES, "utf8"));
  const all = Object.entries({ ...known, ...examples }).toSorted(([one], [other]) => one.localeCompare(other));
  writeFileSync(EXAMPLES, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}
