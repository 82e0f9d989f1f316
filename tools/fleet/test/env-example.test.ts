import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KNOWN_SETTINGS } from "@skytide/stage";
import { expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "../parts.ts";

const example = readFileSync(join(ROOT, ".env.example"), "utf8");
const listed = new Map(
  [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const),
);

/** A stage's schema, found by its place: tools import no service. */
async function schemaOf(stage: string): Promise<z.ZodObject> {
  const { configSchema } = await import(join(ROOT, "services", stage, "src", "config.ts"));
  expect(configSchema).toBeInstanceOf(z.ZodObject);
  return configSchema;
}

test.each(readdirSync(join(ROOT, "services")))("every setting of %s is listed with its default", async (stage) => {
  const schema = await schemaOf(stage);
  for (const [name, type] of Object.entries(schema.shape)) {
    expect([...listed.keys()], name).toContain(name);
    const given = listed.get(name) ?? "";
    const byDefault = z.safeParse(type as z.ZodType, undefined);
    // What has a default and is not written as empty is what the schema says.
    if (given === "" || !byDefault.success || byDefault.data === undefined) continue;
    expect(z.safeParse(type as z.ZodType, given), `${name}=${given}`).toEqual(byDefault);
  }
});

test("no setting stands in the file twice, and none is set", () => {
  const names = [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(names).toHaveLength(new Set(names).size);
  expect(example).not.toMatch(/^[A-Z]/m);
});

test("what tells settings from slips of the pen knows exactly these names", () => {
  expect(KNOWN_SETTINGS, "one more line in libs/stage/src/known-settings.ts").toEqual([...listed.keys()].toSorted());
});
