import type { Row } from "./table.ts";

/** What a check gets. */
export interface CheckContext {
  signal: AbortSignal;
  /** A line of progress. */
  note(text: string): void;
  /** Rows of the check that are wanted; all of them when it is empty. */
  only: readonly string[];
  row(row: Row): void;
}

/** One check, or several that run together because they share a start. */
export interface Check {
  name: string;
  about: string;
  /** The rows that it reports, where there are several. */
  rows?: readonly string[];
  /** What is not there, as in "there is no promtool"; undefined when it can run. */
  missing(): Promise<string | undefined>;
  /** Answers what was seen, or has reported rows of its own. Throws with what is wrong. */
  run(context: CheckContext): Promise<string | undefined>;
}

/** Runs the wanted checks one after the other; every one ends in a row. */
export async function runChecks(checks: readonly Check[], context: Omit<CheckContext, "row">): Promise<Row[]> {
  const rows: Row[] = [];
  for (const check of checks) {
    if (context.signal.aborted) break;
    if (context.only.length > 0 && ![check.name, ...(check.rows ?? [])].some((name) => context.only.includes(name)))
      continue;
    // The name of the whole means all of its rows.
    const only = context.only.includes(check.name) ? [] : context.only;
    const began = performance.now();
    const row = (one: Row) => {
      rows.push(one);
      if (one.check !== check.name || one.result === "failed") context.note(`${one.check}: ${one.result}`);
    };
    const report = (result: Row["result"], seen: string) =>
      row({ check: check.name, result, seconds: (performance.now() - began) / 1_000, seen });
    const missing = await check.missing();
    if (missing !== undefined) {
      report("skipped", `skipped: ${missing}`);
      continue;
    }
    context.note(`${check.name}: ${check.about}`);
    try {
      const seen = await check.run({ ...context, only, row });
      if (seen !== undefined) report("ok", seen);
    } catch (error) {
      if (!context.signal.aborted) report("failed", error instanceof Error ? error.message : String(error));
    }
  }
  return rows;
}
