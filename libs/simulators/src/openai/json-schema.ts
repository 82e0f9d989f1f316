import { z } from "zod";

/** Where a schema sets no length itself: strict mode drops `maxLength` on the wire, so no text becomes very long. */
const MAX_STRING = 300;

/** The part of JSON Schema that strict tools use. */
export interface JsonSchema {
  type?: string | string[] | undefined;
  properties?: Record<string, JsonSchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: boolean | undefined;
  items?: JsonSchema | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  anyOf?: JsonSchema[] | undefined;
  description?: string | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  maxLength?: number | undefined;
  $ref?: string | undefined;
  $defs?: Record<string, JsonSchema> | undefined;
  definitions?: Record<string, JsonSchema> | undefined;
}

/** Reads a schema off the wire; unknown keywords are dropped. */
export const jsonSchemaSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    properties: z.record(z.string(), jsonSchemaSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.boolean().optional(),
    items: jsonSchemaSchema.optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    anyOf: z.array(jsonSchemaSchema).optional(),
    description: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    maxLength: z.number().optional(),
    $ref: z.string().optional(),
    $defs: z
      .record(
        z.string(),
        z.lazy(() => jsonSchemaSchema),
      )
      .optional(),
    definitions: z
      .record(
        z.string(),
        z.lazy(() => jsonSchemaSchema),
      )
      .optional(),
  }),
);

/** Follows a `$ref` into the root's definitions. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.split("/").at(-1);
  if (name === undefined) return schema;
  return root.$defs?.[name] ?? root.definitions?.[name] ?? schema;
}

/** All branches of a schema: itself, or what its `anyOf` holds, with references followed. */
export function branchesOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const { anyOf, ...self } = resolve(schema, root);
  return anyOf ? anyOf.flatMap((branch) => branchesOf(branch, root)) : [self];
}

/** The object's properties, wherever its schema keeps them. */
export function propertiesOf(schema: JsonSchema, root: JsonSchema = schema): Record<string, JsonSchema> {
  return Object.assign({}, ...branchesOf(schema, root).map(({ properties }) => properties ?? {}));
}

/** The strings that a property may be, if it lists them. */
export function choicesOf(schema: JsonSchema, root: JsonSchema = schema): string[] {
  return branchesOf(schema, root)
    .flatMap((branch) => branch.enum ?? (branch.const === undefined ? [] : [branch.const]))
    .filter((value) => typeof value === "string");
}

/** Every description inside a property, joined. */
export function descriptionOf(schema: JsonSchema, root: JsonSchema = schema): string {
  return [schema.description, ...branchesOf(schema, root).map(({ description }) => description)]
    .filter(Boolean)
    .join("\n");
}

/** How a schema is filled: `isForced` invents what is missing, as a model does that has to call a tool. */
interface Filling {
  root: JsonSchema;
  isForced: boolean;
}

/** Makes the wanted value fit the schema, with what is missing at its most modest; undefined where it cannot. */
export function conform(schema: JsonSchema, wanted: unknown, isForced = false): unknown {
  return fill(schema, wanted, { root: schema, isForced });
}

function fill(schema: JsonSchema, wanted: unknown, filling: Filling): unknown {
  const branches = branchesOf(schema, filling.root);
  for (const value of wanted === null ? [null] : [wanted, null]) {
    for (const branch of branches) {
      const fitted = fit(branch, value, filling);
      if (fitted !== undefined) return fitted;
    }
  }
  for (const branch of branches) {
    const fitted = modest(branch, filling);
    if (fitted !== undefined) return fitted;
  }
  return undefined;
}

function fit(schema: JsonSchema, value: unknown, filling: Filling): unknown {
  if (schema.enum) return schema.enum.includes(value) ? value : undefined;
  if (schema.const !== undefined) return schema.const === value ? value : undefined;
  const types = [schema.type ?? []].flat();
  if (value === null) return types.includes("null") ? null : undefined;
  if (typeof value === "string" && types.includes("string"))
    return value === "" ? undefined : value.slice(0, schema.maxLength ?? MAX_STRING);
  if (typeof value === "boolean" && types.includes("boolean")) return value;
  if (typeof value === "number" && (types.includes("number") || types.includes("integer"))) {
    return value >= (schema.minimum ?? value) && value <= (schema.maximum ?? value) ? value : undefined;
  }
  const isObject = types.includes("object") && typeof value === "object" && !Array.isArray(value);
  return isObject ? fitObject(schema, value, filling) : undefined;
}

function fitObject(schema: JsonSchema, value: object, filling: Filling): object | undefined {
  const fields = new Map(Object.entries(value));
  const fitted: [string, unknown][] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const field = fill(property, fields.get(name) ?? null, filling);
    if (field === undefined) return undefined;
    fitted.push([name, field]);
  }
  return Object.fromEntries(fitted);
}

/** The value that says least; a list of choices or a free text has none, unless something has to be said. */
function modest(schema: JsonSchema, filling: Filling): unknown {
  const types = [schema.type ?? []].flat();
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return filling.isForced ? schema.enum[0] : undefined;
  if (types.includes("null")) return null;
  if (types.includes("boolean")) return false;
  if (types.includes("array")) return [];
  if (types.includes("object")) return fitObject(schema, {}, filling);
  if (types.includes("string")) return filling.isForced ? "-" : undefined;
  return filling.isForced ? (schema.minimum ?? 0) : undefined;
}
