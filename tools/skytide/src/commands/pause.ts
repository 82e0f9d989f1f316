import { DURABLES } from "@skytide/bus";
import { STAGES, type Stage } from "@skytide/events";
import { Argument, type Command } from "commander";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { duration } from "../values.ts";

interface Options {
  for: number;
  yes?: boolean;
}

/** Which consumers are a stage's own; its replays go on. */
export const CONSUMERS_OF: Readonly<Record<Stage, readonly string[]>> = {
  ingest: ["recorder"],
  media: ["media"],
  brain: ["debounce", "brain"],
  outbound: ["outbound", "outbound-receipts"],
  notifier: ["notifier", "reminders", "handoffs", "notices"],
};

/** `skytide pause|resume <stage>`: a stage's consumers give nothing out for a while; nothing is lost. */
export function registerPause(program: Command, withShell: WithShell): void {
  const stage = () => new Argument("<stage>", "the stage").choices(STAGES);
  program
    .command("pause")
    .summary("stops a stage from getting messages for a while")
    .description(
      "Pauses a stage's consumers until a deadline. Messages wait on the log, customers wait for answers, the lag counts on; KEDA\nwill scale the stage up meanwhile (annotate its ScaledObject with autoscaling.keda.sh/paused). Webhooks are still taken.",
    )
    .addArgument(stage())
    .requiredOption("--for <duration>", "how long at most: 15m, 2h", duration)
    .option("--yes", "does it")
    .action(
      withShell((shell: Shell, name: Stage, options: Options) =>
        set(shell, name, new Date(Date.now() + options.for), options),
      ),
    );
  program
    .command("resume")
    .summary("lets a paused stage go on")
    .description("Ends a pause before its deadline.")
    .addArgument(stage())
    .option("--yes", "does it")
    .action(withShell((shell: Shell, name: Stage, options: Options) => set(shell, name, null, options)));
}

async function set(shell: Shell, stage: Stage, until: Date | null, options: Options): Promise<void> {
  const own = DURABLES.filter(({ name }) => CONSUMERS_OF[stage].includes(name));
  const plan = { stage, consumers: own.map(({ name }) => name), until: until?.toISOString() ?? null };
  shell.show(
    plan,
    (shown) => `${shown.consumers.join(", ")}: ${shown.until === null ? "resumed" : `paused until ${shown.until}`}`,
  );
  if (!isConfirmed(shell, options)) return;
  await shell.audit({
    action: until === null ? "stage.resume" : "stage.pause",
    facts: { stage, until: plan.until ?? "" },
  });
  const bus = await shell.bus();
  for (const { stream, name } of own) await bus.pauseConsumer(stream, name, until);
}
