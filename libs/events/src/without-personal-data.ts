import { z } from "zod";
import { type ConversationEvent, conversationEventSchema } from "./catalogue.ts";
import { PERSONAL } from "./personal.ts";

/** Stands where personal data was. */
export const HIDDEN = "[hidden]";

type Schema = z.core.JSONSchema.BaseSchema;

let known: Schema | undefined;

/** The event as JSON with every personal field replaced by `[hidden]`: what may be shown to whoever has no reason to read it. */
export function withoutPersonalData(event: ConversationEvent): Readonly<Record<string, unknown>> {
  known ??= z.toJSONSchema(conversationEventSchema);
  return hide(event, known) as Record<string, unknown>;
}

function hide(value: unknown, schema: Schema): unknown {
  if (schema[PERSONAL] === true) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => hide(item, asSchema(schema.items)));
  if (typeof value !== "object" || value === null) return value;
  const { properties = {} } = optionFor(value, schema);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      // What the schema does not know may be anything: it is not shown.
      const own = properties[name];
      return own === undefined ? [] : [[name, hide(field, asSchema(own))]];
    }),
  );
}

/** Of a discriminated union, the option whose constants the value has. */
function optionFor(value: object, schema: Schema): Schema {
  const options = schema.oneOf ?? schema.anyOf;
  if (options === undefined) return schema;
  const fits = (option: Schema) =>
    Object.entries(option.properties ?? {}).every(([name, property]) => {
      const { const: constant } = asSchema(property);
      return constant === undefined || constant === (value as Record<string, unknown>)[name];
    });
  return asSchema(options.find((option) => fits(asSchema(option))));
}

function asSchema(schema: unknown): Schema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema)
    ? (schema as Schema)
    : { [PERSONAL]: true };
}
