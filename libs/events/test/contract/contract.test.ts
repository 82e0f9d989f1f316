import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Input, Parser } from "@asyncapi/parser";
import { expect, test } from "vitest";
import { toAsyncApi } from "./asyncapi.ts";
import { breakingChanges } from "./breaking-changes.ts";
import { toEventPages } from "./event-pages.ts";
import { eventSchemas, type Schema, TYPES, VERSION } from "./schemas.ts";

// Written anew by: npx vitest run libs/events/test/contract -u
const DOCS = join(import.meta.dirname, "..", "..", "..", "..", "docs");
const RELEASED = join(DOCS, "schemas", "released");
const fileOf = (type: string) => `${type}.v${VERSION}.json`;
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const write = (json: unknown) => `${JSON.stringify(json, null, 2)}\n`;

test.for(TYPES)("the committed schema of %s is that of the code", async (type) => {
  await expect(write(eventSchemas().get(type))).toMatchFileSnapshot(join(DOCS, "schemas", fileOf(type)));
});

test("no schema stands there of an event that does not exist", () => {
  const files = readdirSync(join(DOCS, "schemas")).filter((name) => name.endsWith(".json"));
  expect(files.filter((name) => !TYPES.map(fileOf).includes(name))).toEqual([]);
});

/** What the official parser holds against a document. Its advice (a newer version of AsyncAPI exists) is no error. */
async function errorsIn(document: object): Promise<string[]> {
  // It resolves references in place.
  const diagnostics = await new Parser().validate(structuredClone(document) as Input);
  return diagnostics.filter(({ severity }) => severity === 0).map(({ code }) => String(code));
}

test("docs/asyncapi.json is that of the code, and valid AsyncAPI 3", async () => {
  const document = toAsyncApi();
  await expect(write(document)).toMatchFileSnapshot(join(DOCS, "asyncapi.json"));
  expect(await errorsIn(document)).toEqual([]);
  expect(await errorsIn({ ...document, channels: { inbound: { address: 7 } } })).toContain(
    "asyncapi-document-resolved",
  );
  const nowhere = { action: "receive", channel: { $ref: "#/channels/none" } };
  expect(await errorsIn({ ...document, operations: { nowhere } })).toContain("invalid-ref");
  // Every reference stays inside: the parser would fetch another one from the network.
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  expect(references.length).toBeGreaterThan(TYPES.length);
  expect(references.filter((target) => !target?.startsWith("#/"))).toEqual([]);
  expect(JSON.stringify(document)).not.toContain("state.committed");
});

test("docs/events.md holds every event as the code has it", async () => {
  const path = join(DOCS, "events.md");
  const [text = ""] = readFileSync(path, "utf8").split("<!-- events -->");
  await expect(`${text}<!-- events -->\n\n${toEventPages()}`).toMatchFileSnapshot(path);
});

test.for(TYPES.filter((type) => existsSync(join(RELEASED, fileOf(type)))))(
  "%s breaks nobody who reads it by the released schema",
  (type) => {
    expect(breakingChanges(read(join(RELEASED, fileOf(type))), eventSchemas().get(type) ?? {})).toEqual([]);
  },
);

test("no released event has disappeared", () => {
  const gone = readdirSync(RELEASED).filter((name) => !TYPES.map(fileOf).includes(name));
  expect(gone).toEqual([]);
});

const released: Schema = {
  type: "object",
  required: ["a", "kind"],
  properties: {
    a: { type: "string" },
    b: { type: "array", items: { type: "object", properties: { c: { type: "integer" } }, required: ["c"] } },
    kind: { type: "string", enum: ["x", "y"] },
    of: {
      oneOf: [
        { type: "object", properties: { kind: { type: "string", const: "x" }, d: { type: "number" } } },
        { type: "object", properties: { kind: { type: "string", const: "y" } } },
      ],
    },
  },
};
/** The released schema with another value at a path; undefined removes it. */
function changed(path: string, value: unknown): Schema {
  const copy = structuredClone(released);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const place = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

const nullable = { anyOf: [{ type: "string" }, { type: "null" }] };
const variantX = { type: "object", properties: { kind: { type: "string", const: "x" }, d: { type: "number" } } };
const variantY = { type: "object", properties: { kind: { type: "string", const: "y" } } };

test.for<[what: string, path: string, value: unknown, why: string]>([
  ["a removed field", "properties.b", undefined, "b is gone"],
  ["a retyped field", "properties.a", { type: "number" }, "a was"],
  ["a field that may be null now", "properties.a", nullable, "a was"],
  ["another format", "properties.a.format", "date", "a was"],
  ["a newly required field", "required", ["a", "kind", "b"], "b is newly required"],
  ["a new required field", "required", ["a", "kind", "n"], "n is newly required"],
  ["a required field made optional", "required", ["kind"], "a is not sure to be there any more"],
  ["a removed field inside a list", "properties.b.items.properties", {}, "b[].c is gone"],
  ["a retyped field inside a list", "properties.b.items.properties.c.type", "string", "b[].c was"],
  ["a value that is gone", "properties.kind.enum", ["x"], 'kind has no value "y" any more'],
  ["a variant that is gone", "properties.of.oneOf", [variantX], "of has no variant kind=y any more"],
  [
    "a removed field of a variant",
    "properties.of.oneOf",
    [variantY, { ...variantX, properties: { kind: variantX.properties.kind } }],
    "of.d is gone",
  ],
])("%s is caught", ([, path, value, why]) => {
  expect(breakingChanges(released, changed(path, value)).join("; ")).toContain(why);
});

test.for<[what: string, path: string, value: unknown]>([
  ["a new optional field", "properties.n", { type: "string" }],
  ["a new value", "properties.kind.enum", ["x", "y", "z"]],
  ["a new variant, and another order", "properties.of.oneOf", [variantY, { type: "object" }, variantX]],
  ["another description", "description", "other"],
])("%s passes", ([, path, value]) => {
  expect(breakingChanges(released, changed(path, value))).toEqual([]);
});
