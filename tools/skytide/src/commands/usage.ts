import type { UsageRow } from "@skytide/store";
import { type Command, Option } from "commander";
import { CliError } from "../cli-error.ts";
import type { Shell, WithShell } from "../shell.ts";
import { csvHeading, csvLine, sumNote, usageTable } from "../usage-text.ts";
import { calendarDay, moment, organizationId } from "../values.ts";

interface Options {
  org?: string;
  since?: Date;
  from?: string;
  to?: string;
  by: "conversation" | "day" | "org";
  csv?: boolean;
}

const DAY_MS = 86_400_000;

/** `skytide usage`: tokens and cost, for a bill or for a look. */
export function registerUsage(program: Command, withShell: WithShell): void {
  program
    .command("usage")
    .summary("tokens and cost of models, per conversation, day or organization")
    .description(
      "Shows what models were used for: language model, embeddings, voice notes and pictures. A day is one of the organization's own\ncalendar (its time zone is in the output), both ends count; the default is this month up to now. Cached tokens are part of the\ninput. Cost is by MODEL_PRICES at the time of the call; calls whose model had no price are counted apart and cost nothing here.",
    )
    .option("--org <id>", "one organization", organizationId)
    .option("--from <day>", "first day, 2026-11-01", calendarDay)
    .option("--to <day>", "last day, 2026-11-30", calendarDay)
    .addOption(
      new Option("--since <moment>", "from 7d, 24h ago or an ISO time on, in whole days")
        .argParser(moment)
        .conflicts("from"),
    )
    .addOption(
      new Option("--by <what>", "one line per model and").choices(["conversation", "day", "org"]).default("day"),
    )
    .option("--csv", "prints CSV with a heading, for billing")
    .action(withShell((shell: Shell, options: Options) => usage(shell, options)));
}

async function usage(shell: Shell, options: Options): Promise<void> {
  const { org, by, csv } = options;
  const { from, to } = periodOf(options);
  if (from > to) throw new CliError(`The period ends (${to}) before it begins (${from}).`, { exitCode: 2 });
  if (csv) shell.print(csvHeading);
  const rows: UsageRow[] = [];
  const sum = { calls: 0, unpriced: 0, usd: 0, unpricedModels: new Set<string>() };
  for await (const row of pagesOf(shell, { organizationId: org, from, to, by })) {
    sum.calls += row.calls;
    sum.unpriced += row.unpricedCalls;
    sum.usd += row.usd ?? 0;
    if (row.unpricedCalls > 0) sum.unpricedModels.add(row.model);
    if (csv) shell.print(csvLine(row));
    else if (shell.json) shell.show(row, () => "");
    else rows.push(row);
  }
  if (!csv && !shell.json) shell.print(usageTable(rows, by));
  shell.note(sumNote(sum, { from, to }));
}

/** The day after today too: in the east of Greenwich it may have begun. */
function periodOf({ from, since, to }: Options): { from: string; to: string } {
  const now = new Date();
  const month = `${now.toISOString().slice(0, 7)}-01`;
  const tomorrow = new Date(now.getTime() + DAY_MS).toISOString().slice(0, 10);
  return { from: from ?? since?.toISOString().slice(0, 10) ?? month, to: to ?? tomorrow };
}

type Wanted = Omit<Parameters<ReturnType<Shell["store"]>["listUsage"]>[0], "after">;

async function* pagesOf(shell: Shell, wanted: Wanted): AsyncGenerator<UsageRow> {
  let after: UsageRow | undefined;
  for (;;) {
    const page = await shell.store().listUsage({ ...wanted, after });
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1);
  }
}
