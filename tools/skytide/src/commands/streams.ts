import { type Drift, type ProvisionReport, planProvision, provision } from "@skytide/bus";
import type { Command } from "commander";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { positive } from "../values.ts";

interface Options {
  replicas?: number;
  maxGb?: number;
  maxAgeDays?: number;
  yes?: boolean;
}

/** `skytide streams plan|apply`: streams, consumers and buckets of the log. */
export function registerStreams(program: Command, withShell: WithShell): void {
  const streams = program.command("streams").summary("streams, consumers and buckets: what is missing or different");
  sized(streams.command("plan"))
    .description("Compares the server with what this version wants. Changes nothing.")
    .action(withShell((shell: Shell, options: Options) => plan(shell, options)));
  sized(streams.command("apply"))
    .description("Creates what is missing and corrects what can be corrected without losing a message. Safe to repeat.")
    .option("--yes", "does it")
    .action(withShell((shell: Shell, options: Options) => apply(shell, options)));
}

function sized(command: Command): Command {
  return command
    .option("--replicas <count>", "copies of each stream: 1 alone, 3 in a cluster", positive)
    .option("--max-gb <gigabytes>", "byte limit of CONVERSATIONS", positive)
    .option("--max-age-days <days>", "how long CONVERSATIONS keeps events", positive);
}

function wantedOf({ replicas, maxGb, maxAgeDays }: Options) {
  return {
    ...(replicas === undefined ? {} : { replicas }),
    ...(maxGb === undefined ? {} : { maxBytes: maxGb * 1_024 ** 3 }),
    ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
  };
}

async function plan(shell: Shell, options: Options): Promise<void> {
  shell.show(await planProvision(await shell.bus(), wantedOf(options)), (report) => pretty(report, "would be created"));
}

async function apply(shell: Shell, options: Options): Promise<void> {
  if (!options.yes) await plan(shell, options);
  if (!isConfirmed(shell, options)) return;
  const bus = await shell.bus();
  const report = await provision(bus, { ...wantedOf(options), apply: true });
  // After it, unlike elsewhere: the first apply makes the stream that the record stands on.
  await shell.audit({ action: "streams.apply", facts: { ...wantedOf(options), created: report.created.length } });
  shell.show(report, (done) => pretty(done, "created"));
}

function pretty({ created, unchanged, drift }: ProvisionReport, verb: string): string {
  const lines = [...created.map((name) => `+ ${name}  ${verb}`), ...drift.map(driftLine)];
  return [...lines, `${unchanged.length} as they should be.`].join("\n");
}

function driftLine({ name, field, wanted, found, applied }: Drift): string {
  return `~ ${name}  ${field}: is ${JSON.stringify(found)}, should be ${JSON.stringify(wanted)}${applied ? "  corrected" : ""}`;
}
