import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { Shell, WithShell } from "../shell.ts";
import { exchangeText } from "../trace/exchange-text.ts";
import { exchangesOf } from "../trace/exchanges.ts";
import { readTimeline } from "../trace/read-timeline.ts";
import { moment, positive } from "../values.ts";

interface Options {
  org?: string;
  since?: Date;
  last: number;
}

const TOKEN = /^[A-Za-z0-9_-]+$/;

/** `skytide trace`: where a message's time went. */
export function registerTrace(program: Command, withShell: WithShell): void {
  program
    .command("trace")
    .argument("<id>", "a conversation (k1_…), or the id of a message, reply or turn")
    .summary("where the time went: from a message to its answer, step by step")
    .description(
      "Shows when a message was received, described, waited for, answered, accepted, delivered and read, how long each step took and\nwho had it meanwhile; with the trace id for Langfuse. Nobody's words. Why a reply says what it says: skytide explain. The raw\nevents, live: skytide tail.",
    )
    .option("--org <id>", "looks in one organization only: faster")
    .option("--since <moment>", "looks from 15m, 2h, 7d ago or an ISO time on: faster", moment)
    .option("--last <count>", "of a conversation so many turns, the newest", positive, 5)
    .action(withShell((shell: Shell, id: string, options: Options) => trace(shell, id, options)));
}

async function trace(shell: Shell, id: string, { org = "*", since, last }: Options): Promise<void> {
  if (org !== "*" && !TOKEN.test(org))
    throw new CliError(`--org "${org}" cannot be a name in the log.`, { exitCode: 2 });
  const timeline = await readTimeline(await shell.bus(), { id, org, since, signal: shell.signal });
  const exchanges = timeline === null ? [] : exchangesOf(timeline).slice(-last);
  if (timeline === null || exchanges.length === 0)
    throw new CliError(
      "The log holds no conversation, message, reply or turn of that id. It may be older than the log keeps, or than --since.",
    );
  const { org: organizationId, chat } = timeline;
  shell.show({ org: organizationId, chat, exchanges }, () =>
    [`Conversation ${chat} of ${organizationId}`, ...exchanges.map(exchangeText)].join("\n\n"),
  );
}
