import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { Shell, WithShell } from "../shell.ts";
import { byTrouble, tenantsText } from "../tenants-text.ts";
import { positive } from "../values.ts";

interface Options {
  watch?: boolean;
  limit: number;
  all?: boolean;
}

const EVERY_MS = 10_000;

/** `skytide orgs`: every organization at a glance, the ones in trouble first. */
export function registerOrgs(program: Command, withShell: WithShell): void {
  program
    .command("orgs")
    .summary("every organization at a glance, those in trouble first")
    .description(
      "Shows for every organization whether its agent is on, blocked or paused, when its customers last wrote and were last answered,\nand for the last 24 hours who waits, turns and how many failed, sends that failed, open hand-offs. Those in trouble come first.\nOne question to the database; with --json all of it in one value.",
    )
    .option("--watch", "again every ten seconds, until Ctrl-C")
    .option("--limit <count>", "so many at most", positive, 30)
    .option("--all", "all of them, also those without trouble")
    .action(withShell((shell: Shell, options: Options) => orgs(shell, options)));
}

async function orgs(shell: Shell, { watch, limit, all }: Options): Promise<void> {
  for (;;) {
    const { asOf, tenants } = await shell.store().listTenants();
    const sorted = byTrouble(tenants);
    const shown = all ? sorted : sorted.slice(0, limit);
    shell.show({ asOf, tenants: shell.json ? sorted : shown }, () => tenantsText(shown, sorted, new Date(asOf)));
    if (!watch || shell.signal.aborted) return;
    await pause(EVERY_MS, undefined, { signal: shell.signal }).catch(() => undefined);
    if (shell.signal.aborted) return;
  }
}
