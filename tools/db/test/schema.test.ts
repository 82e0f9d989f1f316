import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { readSchema, type SchemaFacts } from "../schema-facts.ts";
import { drawInto, picturePage, tablesWithoutArea } from "../schema-picture.ts";
import { schemaTypes, typesFile } from "../schema-types.ts";

let facts: SchemaFacts;
let page: string;
beforeAll(async () => {
  [facts, page] = await Promise.all([readSchema(), readFile(picturePage, "utf8")]);
}, 120_000);

describe("what is made from the migrations is up to date (if not: npm run db:types)", () => {
  test("the store's types are those of the migrations", async () => {
    // Compared as one fact: a difference of 1,700 lines helps nobody.
    expect((await readFile(typesFile, "utf8")) === (await schemaTypes(facts))).toBe(true);
  });

  test("the pictures in docs/data.md are those of the migrations", () => {
    expect(drawInto(page, facts) === page).toBe(true);
  });

  test("every table is in a picture", () => {
    expect(tablesWithoutArea(facts)).toEqual([]);
  });

  test("docs/data.md says what every table and every function is for", () => {
    const names = [...facts.tables, ...facts.functions].map(({ name }) => name);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

test("a page that lost its marks is refused", () => {
  expect(() => drawInto("# Nothing here", facts)).toThrow("has lost its marks");
});
