import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseWebhook } from "../src/index.ts";
import { documentedBodies, v2Message, v3Message } from "../src/testing.ts";

const samplesPath = fileURLToPath(new URL("../../../../shared/reference/gupshup-samples.json", import.meta.url));

describe("every documented shape", () => {
  test.each(documentedBodies())("$name is understood", ({ body }) => {
    const webhook = parseWebhook(body);
    if (webhook.kind !== "webhook") throw new Error("it was taken for no body of Gupshup's");
    expect(webhook.items.length).toBeGreaterThan(0);
    expect(webhook.items.filter(({ kind }) => kind === "malformed")).toEqual([]);
  });
});

test.skipIf(!existsSync(samplesPath))("every captured sample that is JSON is understood or refused", () => {
  const samples: { kind: string; body: unknown }[] = JSON.parse(readFileSync(samplesPath, "utf8"));
  const refused = samples.flatMap(({ kind, body }) => {
    const webhook = parseWebhook(body);
    const bad = webhook.kind === "invalid" || webhook.items.some((item) => item.kind === "malformed");
    return bad ? kind : [];
  });
  expect(refused).toEqual([
    "edge/v2/message/button_reply/no-envelope-and-null-gsId",
    "edge/raw/empty-body",
    "edge/raw/truncated-json",
    "edge/enterprise/delivery-report-array",
  ]);
});

test("values of every kind in every place never throw", () => {
  const strange: unknown[] = [null, true, -1, 1e300, "", "x".repeat(5000), [], [[]], {}, { a: [{}] }, "573001110001"];
  const bodies = [...documentedBodies().map(({ body }) => body), v2Message("text", {}), v3Message("text", {})];
  let tried = 0;
  for (const body of bodies) {
    for (const path of pathsOf(body)) {
      for (const value of strange) {
        parseWebhook(replaceAt(body, path, value));
        tried += 1;
      }
    }
  }
  expect(tried).toBeGreaterThan(5000);
});

test("a body nested ten thousand levels deep is refused or read, not fatal", () => {
  const deep: unknown = JSON.parse(`${"[".repeat(10_000)}${"]".repeat(10_000)}`);
  expect(parseWebhook(deep)).toEqual({ kind: "invalid" });
  expect(parseWebhook({ app: "A", type: "message", payload: deep })).toMatchObject({ items: [{ kind: "malformed" }] });
});

function pathsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, child]) => pathsOf(child).map((path) => [key, ...path]))];
}

function replaceAt(value: unknown, [key, ...rest]: string[], replacement: unknown): unknown {
  if (key === undefined || typeof value !== "object" || value === null) return replacement;
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [...value] : { ...value };
  Object.assign(copy, { [key]: replaceAt(Reflect.get(value, key), rest, replacement) });
  return copy;
}
