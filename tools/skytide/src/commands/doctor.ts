import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { runChecks } from "../doctor/checks.ts";
import { type Finding, GROUPS } from "../doctor/finding.ts";
import type { Shell, WithShell } from "../shell.ts";

/** `skytide doctor`: is everything that the fleet needs there, reachable and of the right version? */
export function registerDoctor(program: Command, withShell: WithShell): void {
  program
    .command("doctor")
    .summary("is everything there that the fleet needs")
    .description(
      `Checks, from where it runs: names of settings, the log with its streams, its room and its disk, the database and its
schema, clocks, certificates, and whether the outside systems answer and take our keys. Changes nothing; a probe of the disk
is written where leases are and gone after a second.

  ✓ well   ! works, but look at it   ✗ wrong, with what to do   · does not apply here

Exits with 1 when something is wrong.`,
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

const MARK = { good: "✓", warning: "!", wrong: "✗", skipped: "·" } as const;

function pretty(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lineOf = ({ state, check, says, advice }: Finding) =>
    [
      `  ${MARK[state]} ${check.padEnd(width)}  ${says}`,
      ...(advice ? [`${" ".repeat(6 + width)}→ ${advice}`] : []),
    ].join("\n");
  return GROUPS.flatMap((group) => {
    const found = findings.filter((finding) => finding.group === group);
    return found.length === 0 ? [] : [[group, ...found.map(lineOf)].join("\n")];
  }).join("\n\n");
}
