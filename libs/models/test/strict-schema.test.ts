import { expect, test } from "vitest";
import { z } from "zod";
import { strictSchemaOf } from "../src/strict-schema.ts";

const tool = (parameters: z.ZodType, name = "tool") => ({ name, description: "", parameters });

test("a union that tells itself apart becomes anyOf, the only one that strict mode knows", () => {
  const parameters = z.strictObject({
    when: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("day"), day: z.string().min(1) }),
      z.strictObject({ kind: z.literal("none") }),
    ]),
  });
  expect(strictSchemaOf(tool(parameters))).toEqual({
    type: "object",
    properties: {
      when: {
        anyOf: [
          {
            type: "object",
            properties: { kind: { type: "string", const: "day" }, day: { type: "string" } },
            required: ["kind", "day"],
            additionalProperties: false,
          },
          {
            type: "object",
            properties: { kind: { type: "string", const: "none" } },
            required: ["kind"],
            additionalProperties: false,
          },
        ],
      },
    },
    required: ["when"],
    additionalProperties: false,
  });
});

test("a schema is built once", () => {
  const parameters = z.strictObject({ days: z.array(z.strictObject({ day: z.int() })) });
  expect(strictSchemaOf(tool(parameters))).toBe(strictSchemaOf(tool(parameters, "other")));
});

test.for([
  ["an object that lets unknown fields through", z.object({ a: z.string() }), "use z.strictObject"],
  ["one deep inside", z.strictObject({ a: z.array(z.object({ b: z.string() })) }), "a[]: use z.strictObject"],
  ["an optional field", z.strictObject({ a: z.string().optional() }), "tool.a: strict mode has no optional"],
  ["a record", z.strictObject({ a: z.record(z.string(), z.string()) }), "propertyNames"],
  ["a tuple", z.strictObject({ a: z.tuple([z.string()]) }), "not a schema|prefixItems|tuple"],
  ["a date", z.strictObject({ a: z.date() }), "Date"],
  ["an array at the root", z.array(z.string()), "root"],
  ["a union at the root", z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]), "root"],
] as const)("%s is refused", ([, parameters, message]) => {
  expect(() => strictSchemaOf(tool(parameters))).toThrow(new RegExp(message.replaceAll(/[[\]]/g, "\\$&")));
});

test("a name that the provider would refuse is refused here", () => {
  expect(() => strictSchemaOf(tool(z.strictObject({}), "agent.book"))).toThrow("cannot be the name");
});
