import { expect, test } from "vitest";
import { childTraceparent, newTraceparent, spanIdOf, traceIdOf } from "../src/index.ts";

test("a child stays in its parent's trace with a span of its own", () => {
  const parent = newTraceparent();
  const child = childTraceparent(parent);
  expect(parent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(traceIdOf(child)).toBe(traceIdOf(parent));
  expect(spanIdOf(child)).not.toBe(spanIdOf(parent));
});

test.each([
  [undefined],
  [""],
  ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"],
  ["00-00000000000000000000000000000000-b7ad6b7169203331-01"],
  ["00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"],
  ["00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01"],
])("a malformed parent %s starts a new trace", (parent) => {
  expect(traceIdOf(parent)).toBeUndefined();
  expect(traceIdOf(childTraceparent(parent))).toMatch(/^[0-9a-f]{32}$/);
});
