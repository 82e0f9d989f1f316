import { expect, test } from "vitest";
import { runChecks } from "../check.ts";
import { summaryOf, toTable } from "../table.ts";

const context = { only: [], signal: new AbortController().signal, note: () => undefined };
const able = async () => undefined;

test("every check ends in a row: well, badly, or not at all with the reason", async () => {
  const rows = await runChecks(
    [
      { name: "good", about: "", missing: able, run: async () => "all 3" },
      { name: "bad", about: "", missing: able, run: () => Promise.reject(new Error("two of three")) },
      { name: "absent", about: "", missing: async () => "there is no kubectl", run: async () => "never" },
    ],
    context,
  );
  expect(rows.map(({ check, result, seen }) => [check, result, seen])).toEqual([
    ["good", "ok", "all 3"],
    ["bad", "failed", "two of three"],
    ["absent", "skipped", "skipped: there is no kubectl"],
  ]);
  expect(toTable(rows)).toMatch(/^absent +skipped +0\.0 +skipped: there is no kubectl$/m);
  expect(summaryOf(rows, 4.2)).toBe("1 ok, 1 failed, 1 skipped, in 4 s");
});

test("only what is asked for runs; a check of several rows learns which are wanted", async () => {
  const asked: (readonly string[])[] = [];
  const live = { name: "live", about: "", rows: ["live-a", "live-b"], missing: able };
  const checks = [
    { name: "other", about: "", missing: able, run: () => Promise.reject(new Error("not asked for")) },
    { ...live, run: async ({ only }: { only: readonly string[] }) => void asked.push(only) },
  ].map((one) => ({ ...one, run: async (given: never) => (await one.run(given)) ?? undefined }));
  await runChecks(checks, { ...context, only: ["live-b"] });
  await runChecks(checks, { ...context, only: ["live"] });
  expect(asked).toEqual([["live-b"], []]);
});
