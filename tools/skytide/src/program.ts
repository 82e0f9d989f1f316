import { Command } from "commander";
import { registerBackup } from "./commands/backup.ts";
import { registerBot } from "./commands/bot.ts";
import { registerDlq } from "./commands/dlq.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerErase } from "./commands/erase.ts";
import { registerExplain } from "./commands/explain.ts";
import { registerLag } from "./commands/lag.ts";
import { registerNats } from "./commands/nats.ts";
import { registerOrg } from "./commands/org.ts";
import { registerOrgs } from "./commands/orgs.ts";
import { registerOutbound } from "./commands/outbound.ts";
import { registerPause } from "./commands/pause.ts";
import { registerReconcile } from "./commands/reconcile.ts";
import { registerStreams } from "./commands/streams.ts";
import { registerSubscribers } from "./commands/subscribers.ts";
import { registerTail } from "./commands/tail.ts";
import { registerTrace } from "./commands/trace.ts";
import { registerUsage } from "./commands/usage.ts";
import { type Outside, shellFor } from "./shell.ts";

/** The whole command line: every command registers itself here, in the order of the help. */
export function createProgram(outside: Outside): Command {
  const program = new Command("skytide")
    .description("Looks at a Skytide fleet and acts on it.")
    .option("--json", "prints JSON for programs instead of text for people")
    .addHelpText(
      "after",
      `
Which fleet: NATS_URL and SUPABASE_URL of the environment or of .env; without them the one that "npm start" runs here.
What changes something only says what it would do, until it is called with --yes; every change is recorded on the log.
More about one command: skytide <command> --help`,
    )
    .showHelpAfterError(true)
    .configureOutput({
      writeOut: (text) => outside.print(text.trimEnd()),
      writeErr: (text) => outside.note(text.trimEnd()),
    })
    .exitOverride();
  const withShell = shellFor(program, outside);
  const commands = [
    ...[registerDoctor, registerLag, registerTail, registerDlq, registerPause, registerStreams],
    ...[registerNats, registerSubscribers, registerOrg, registerErase, registerTrace, registerExplain, registerBot],
    ...[registerOutbound, registerOrgs, registerUsage, registerBackup, registerReconcile],
  ];
  for (const register of commands) register(program, withShell);
  return program;
}
