import { Argument, type Command } from "commander";
import { CliError } from "../cli-error.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";

type Switch = "on" | "off";

/** `skytide bot on|off <organization> <chat>`: the agent's switch of one conversation, as on the CRM's page. */
export function registerBot(program: Command, withShell: WithShell): void {
  program
    .command("bot")
    .summary("switches the agent on or off in one conversation")
    .description(
      "Switches the agent of one conversation. Off, it is silent until somebody switches it on or the organization's quiet time is over;\non, it answers the customer's next message, knowing what staff wrote meanwhile. The conversation is the chat of a log line or an event.",
    )
    .addArgument(new Argument("<switch>", "on or off").choices(["on", "off"]))
    .argument("<organization>", "the organization's id")
    .argument("<chat>", "the conversation, such as k1_…")
    .option("--yes", "does it")
    .action(
      withShell((shell: Shell, wanted: Switch, organizationId: string, chat: string, options: { yes?: boolean }) =>
        set(shell, { wanted, organizationId, chat }, options),
      ),
    );
}

async function set(
  shell: Shell,
  { wanted, organizationId, chat }: { wanted: Switch; organizationId: string; chat: string },
  options: { yes?: boolean },
): Promise<void> {
  const store = shell.store();
  const identity = await store.findIdentity({ organizationId, chat });
  if (identity === null)
    throw new CliError("That organization has no such conversation; copy both ids from a log line.");
  const enabled = wanted === "on";
  const plan = { organization: organizationId, chat, now: identity.botEnabled ? "on" : "off", wanted };
  shell.show(plan, ({ now }) => (now === wanted ? `the agent is ${now} already` : `the agent is ${now}: ${wanted}`));
  if (identity.botEnabled === enabled || !isConfirmed(shell, options)) return;
  await shell.audit({ action: `bot.${wanted}`, organizationId, facts: { chat } });
  const { chatIdentityId } = identity;
  await store.setBotEnabled({ organizationId, chatIdentityId, enabled, reason: "command" });
}
