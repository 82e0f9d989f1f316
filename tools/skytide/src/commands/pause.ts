import { STAGES, type Stage } from "@skytide/events";
import { Argument, type Command } from "commander";
import { listPauses, pauseAgent, resumeAgent } from "../pause/pause-agent.ts";
import { pauseStage } from "../pause/pause-stage.ts";
import type { WithShell } from "../shell.ts";
import { duration, organizationId } from "../values.ts";

interface StageOptions {
  for: number;
  yes?: boolean;
}

/** `skytide pause|resume`: a stage that gets nothing, or an agent that says nothing, for a while; nothing is lost. */
export function registerPause(program: Command, withShell: WithShell): void {
  const pause = program
    .command("pause")
    .summary("stops a stage, or the agent of an organization, number or conversation")
    .description(
      "Stops something for a while; what customers write is kept. A stage: its consumers give nothing out. The agent of an organization,\nof one of its numbers (bot) or of one conversation: no turn, no reply, no reminder; staff are still told who asked for a person.",
    );
  const resume = program
    .command("resume")
    .summary("ends a pause before its time")
    .description(
      "Ends a pause. A stage goes on where it stood. Of a paused agent, every conversation that waited gets one answer to all that came,\nunless staff have answered it; who wrote more than 24 hours ago gets the organization's template, or a person is asked.",
    );
  pauseStages(pause, resume, withShell);
  pauseAgents(pause, resume, withShell);
  pause
    .command("list")
    .description(
      "Shows which agents are paused: since when, until when, by whom, why, and how many conversations wait.",
    )
    .action(withShell(listPauses));
}

function pauseStages(pause: Command, resume: Command, withShell: WithShell): void {
  const stage = () => new Argument("<stage>", "the stage").choices(STAGES);
  pause
    .command("stage")
    .description(
      "Pauses a stage's consumers until a deadline. Messages wait on the log, customers wait for answers, the lag counts on; KEDA\nwill scale the stage up meanwhile (annotate its ScaledObject with autoscaling.keda.sh/paused). Webhooks are still taken.",
    )
    .addArgument(stage())
    .requiredOption("--for <duration>", "how long at most: 15m, 2h", duration)
    .option("--yes", "does it")
    .action(
      withShell((shell, name: Stage, options: StageOptions) =>
        pauseStage(shell, name, new Date(Date.now() + options.for), options),
      ),
    );
  resume
    .command("stage")
    .description("Lets a paused stage go on before its deadline.")
    .addArgument(stage())
    .option("--yes", "does it")
    .action(withShell((shell, name: Stage, options: { yes?: boolean }) => pauseStage(shell, name, null, options)));
}

/** What names each scope beside the organization, and what of it is paused. */
const SCOPES = [
  { scope: "org", what: "all of an organization's conversations" },
  { scope: "bot", argument: "<app>", about: "the number's app at Gupshup", what: "those of one of its numbers" },
  { scope: "conversation", argument: "<chat>", about: "the conversation, such as k1_…", what: "one conversation" },
] as const;

function pauseAgents(pause: Command, resume: Command, withShell: WithShell): void {
  for (const { scope, what, ...key } of SCOPES) {
    const named = (command: Command) => {
      command.argument("<organization>", "the organization's id", organizationId);
      if ("argument" in key) command.argument(key.argument, key.about);
      return command.option("--yes", "does it");
    };
    named(pause.command(scope))
      .description(`Silences the agent in ${what}; without --for until somebody resumes it.`)
      .requiredOption("--reason <words>", "why, for whoever finds it paused; nothing about customers")
      .option("--for <duration>", "how long at most: 30m, 2h, 7d", duration)
      .action(withShell((shell, ...given: unknown[]) => pauseAgent(shell, scope, given)));
    named(resume.command(scope))
      .description(`Lets the agent answer again in ${what}.`)
      .action(withShell((shell, ...given: unknown[]) => resumeAgent(shell, scope, given)));
  }
}
