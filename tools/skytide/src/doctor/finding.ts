/** What doctor looks at, in the order in which it shows it: each group rests on the ones before. */
export const GROUPS = ["settings", "log", "database", "clocks", "certificates", "outside"] as const;
type Group = (typeof GROUPS)[number];

/** What a check found. */
export interface Finding {
  group: Group;
  check: string;
  /** A warning works today; what is wrong does not. */
  state: "good" | "warning" | "wrong" | "skipped";
  says: string;
  /** What to do about it. */
  advice?: string;
}

/** What a check itself says; group, name and its usual advice are the row's. */
export type Found = Pick<Finding, "state" | "says" | "advice">;

/** One check: one that throws is wrong. */
export interface Row {
  group: Group;
  check: string;
  run(): Promise<Found>;
  /** What to do when it is not well and does not know better itself. */
  advice: string;
}

/** Runs every check at once; none stops another. */
export function runRows(rows: readonly Row[]): Promise<Finding[]> {
  return Promise.all(
    rows.map(async ({ group, check, run, advice }): Promise<Finding> => {
      const found = await run().catch((error: unknown): Found => ({ state: "wrong", says: sentenceOf(error) }));
      const isWell = found.state === "good" || found.state === "skipped";
      return { group, check, ...found, ...(isWell ? {} : { advice: found.advice ?? advice }) };
    }),
  );
}

/** What fetch and sockets throw says little; its cause does. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? `: ${error.cause.message || ("code" in error.cause ? error.cause.code : "")}` : "";
  return `${error.message}${error.message.endsWith(".") ? "" : cause}`;
}
