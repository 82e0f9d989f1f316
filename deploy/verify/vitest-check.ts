import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Check, CheckContext } from "./check.ts";
import { runCommand } from "./command.ts";

const LIMIT_MS = 240_000;

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          title: z.string(),
          fullName: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
type Assertion = z.infer<typeof reportSchema>["testResults"][number]["assertionResults"][number];

/** A row of the table and the tests that it stands for, by their file and their title; the first that fits takes a test. */
export interface TestGroup {
  name: string;
  file: RegExp;
  title: RegExp;
}

/** The tests of deploy/ in one run, told apart by what they are about. */
export function vitestCheck(root: string, groups: readonly TestGroup[]): Check {
  return {
    name: "tests",
    about: "the deployment's tests by vitest",
    rows: groups.map(({ name }) => name),
    missing: async () => undefined,
    async run(context) {
      const folder = await mkdtemp(join(tmpdir(), "skytide-verify-tests-"));
      try {
        const path = join(folder, "report.json");
        const given = ["run", "deploy", "--reporter=json", `--outputFile=${path}`];
        const vitest = join(root, "node_modules", ".bin", "vitest");
        const { output } = await runCommand(vitest, given, { cwd: root, signal: context.signal, limitMs: LIMIT_MS });
        const text = await readFile(path, "utf8").catch((error: unknown) => {
          throw new Error(`vitest wrote no report: ${output.slice(-500)}`, { cause: error });
        });
        reportRows(reportSchema.parse(JSON.parse(text)), groups, context);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      return undefined;
    },
  };
}

function reportRows(report: z.infer<typeof reportSchema>, groups: readonly TestGroup[], context: CheckContext): void {
  const broken = report.testResults.filter(({ message, assertionResults }) => message && assertionResults.length === 0);
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({
      ...test,
      group: groups.find((one) => one.file.test(name) && one.title.test(test.title)),
    })),
  );
  for (const { name, message } of broken) {
    context.row({
      check: name.split("/").at(-1) ?? name,
      result: "failed",
      seconds: 0,
      seen: firstLine(message ?? ""),
    });
  }
  for (const group of groups) {
    if (context.only.length > 0 && !context.only.includes(group.name)) continue;
    const own = tests.filter((test) => test.group === group);
    const seconds = own.reduce((sum, { duration }) => sum + (duration ?? 0), 0) / 1_000;
    context.row({ check: group.name, seconds, ...verdictOn(own) });
  }
}

function verdictOn(tests: readonly Assertion[]): { result: "ok" | "failed" | "skipped"; seen: string } {
  const failed = tests.filter(({ status }) => status === "failed");
  const passed = tests.filter(({ status }) => status === "passed");
  if (failed.length > 0) {
    const seen = failed.map(({ title, failureMessages }) => `${title}: ${firstLine(failureMessages?.[0] ?? "")}`);
    return { result: "failed", seen: seen.join("\n") };
  }
  if (passed.length > 0) {
    const left = tests.length - passed.length;
    return { result: "ok", seen: `${passed.length} tests${left > 0 ? `, ${left} skipped` : ""}` };
  }
  const [reason] = tests.map(({ fullName }) => /\(skipped: ([^)]*)\)/.exec(fullName)?.[1]).filter(Boolean);
  if (tests.length === 0) return { result: "failed", seen: "no test is about this any more" };
  return { result: "skipped", seen: `skipped: ${reason ?? "what the test needs is not here"}` };
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 300);
}
