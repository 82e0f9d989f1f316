import { z } from "zod";
import type { ModelTool } from "./language-model.ts";

export type JsonSchema = { [keyword: string]: unknown };

// Keywords that strict mode refuses and that cannot be left out without losing a rule.
const UNSUPPORTED = ["allOf", "not", "prefixItems", "propertyNames", "patternProperties", "if"];
// Left out of the wire, checked by zod when the answer comes.
const DROPPED = new Set(["$schema", "default", "minLength", "maxLength"]);
const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

const cache = new WeakMap<z.ZodType, JsonSchema>();

/** The strict JSON Schema of a tool's parameters, built once. Throws RangeError where strict mode has no words for the schema. */
export function strictSchemaOf(tool: ModelTool): JsonSchema {
  const known = cache.get(tool.parameters);
  if (known) return known;
  if (!TOOL_NAME.test(tool.name)) throw new RangeError(`"${tool.name}" cannot be the name of a tool`);
  // Input mode, because only there an object that is not strict shows itself.
  const schema = toStrict(z.toJSONSchema(tool.parameters, { io: "input", target: "draft-7" }), tool.name);
  if (schema.type !== "object") throw new RangeError(`${tool.name}: the root must be an object`);
  cache.set(tool.parameters, schema);
  return schema;
}

function toStrict(node: unknown, path: string): JsonSchema {
  if (!isRecord(node)) throw new RangeError(`${path}: not a schema`);
  const unsupported = UNSUPPORTED.find((keyword) => keyword in node);
  if (unsupported) throw new RangeError(`${path}: strict mode has no ${unsupported}`);
  if (node.type === "object") assertClosed(node, path);
  const strict: JsonSchema = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (DROPPED.has(keyword)) continue;
    if (keyword === "oneOf" || keyword === "anyOf") strict.anyOf = toStrictList(value, path);
    else if (keyword === "items") strict.items = toStrict(value, `${path}[]`);
    else if (keyword === "properties" || keyword === "$defs" || keyword === "definitions")
      strict[keyword] = toStrictMap(value, path);
    else strict[keyword] = value;
  }
  return strict;
}

function toStrictList(schemas: unknown, path: string): JsonSchema[] {
  return Array.isArray(schemas) ? schemas.map((schema) => toStrict(schema, path)) : [];
}

function toStrictMap(schemas: unknown, path: string): JsonSchema {
  if (!isRecord(schemas)) return {};
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, toStrict(schema, `${path}.${key}`)]));
}

function assertClosed(node: JsonSchema, path: string): void {
  if (node.additionalProperties !== false) throw new RangeError(`${path}: use z.strictObject`);
  const required = new Set(Array.isArray(node.required) ? node.required : []);
  const optional = Object.keys(isRecord(node.properties) ? node.properties : {}).find((key) => !required.has(key));
  if (optional) throw new RangeError(`${path}.${optional}: strict mode has no optional fields, make it nullable`);
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
