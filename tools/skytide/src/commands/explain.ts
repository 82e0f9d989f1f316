import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { explainTurn } from "../explain/explain-turn.ts";
import { explanationText } from "../explain/explanation-text.ts";
import { readTurn } from "../explain/read-turn.ts";
import type { Shell, WithShell } from "../shell.ts";
import { moment } from "../values.ts";

interface Options {
  org?: string;
  chat?: string;
  since?: Date;
  showContent?: boolean;
}

const TOKEN = /^[A-Za-z0-9_-]+$/;

/** `skytide explain`: why a customer got this reply. */
export function registerExplain(program: Command, withShell: WithShell): void {
  program
    .command("explain")
    .argument("<reply>", "id of a reply, of a draft, or of a turn")
    .summary("why a customer got this reply")
    .description(
      "Explains one reply from the log: messages read, states, what the model could choose and chose, tools, checks, models and their\ncost, and what became of it. What customers and staff wrote is hidden unless --show-content, which is recorded.",
    )
    .option("--org <id>", "looks in one organization only: faster")
    .option("--chat <chat>", "looks in one conversation only: fastest")
    .option("--since <moment>", "looks from 15m, 2h, 7d ago or an ISO time on", moment)
    .option("--show-content", "shows messages, and records who looked")
    .action(withShell((shell: Shell, reply: string, options: Options) => explain(shell, reply, options)));
}

async function explain(
  shell: Shell,
  id: string,
  { org = "*", chat = "*", since, showContent = false }: Options,
): Promise<void> {
  for (const [name, value] of Object.entries({ org, chat }))
    if (value !== "*" && !TOKEN.test(value))
      throw new CliError(`--${name} "${value}" cannot be a name in the log.`, { exitCode: 2 });
  const record = await readTurn(await shell.bus(), { id, org, chat, since, signal: shell.signal });
  if (record === null)
    throw new CliError(
      "The log holds no reply, draft or turn of that id. It may be older than the log keeps, or than --since.",
    );
  if (showContent)
    await shell.audit({
      action: "explain.show-content",
      organizationId: record.org,
      facts: { chat: record.chat, turn: record.turn ?? id },
    });
  shell.show(explainTurn(record, showContent), explanationText);
}
