import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type Finding, runChecks } from "../doctor/checks.ts";
import type { Shell, WithShell } from "../shell.ts";

/** `skytide doctor`: is everything that the fleet needs there, reachable and of the right version? */
export function registerDoctor(program: Command, withShell: WithShell): void {
  program
    .command("doctor")
    .summary("is everything there that the fleet needs")
    .description(
      "Checks, from where it runs: the log and its streams, the database and its schema, clocks, certificates, room for events,\nand whether the outside systems answer. Changes nothing. Exits with 1 when something is wrong.",
    )
    .action(
      withShell(async (shell: Shell) => {
        const findings = await runChecks(shell);
        shell.show(findings, pretty);
        const wrong = findings.filter(({ state }) => state === "wrong").length;
        if (wrong > 0) throw new CliError(`${wrong} of ${findings.length} checks failed.`);
      }),
    );
}

const MARK = { good: "ok   ", wrong: "WRONG", skipped: "-    " } as const;

function pretty(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(({ check, state, says, advice }) =>
      [
        `${MARK[state]}  ${check.padEnd(width)}  ${says}`,
        ...(advice ? [`${" ".repeat(9 + width)}${advice}`] : []),
      ].join("\n"),
    )
    .join("\n");
}
