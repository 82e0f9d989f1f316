import { hashKeysSchema } from "@skytide/events";
import { type Command, Option } from "commander";
import { z } from "zod";
import { type AddOptions, addOrganization } from "../onboarding/add-organization.ts";
import { activeConnection } from "../onboarding/check-database.ts";
import { demandHealth, factsOf, findingsOf, settingsOf } from "../onboarding/find.ts";
import { type Finding, prettyFindings } from "../onboarding/findings.ts";
import type { OnboardingSettings } from "../onboarding/settings.ts";
import { sendTestMessage } from "../onboarding/test-message.ts";
import { isConfirmed, type Shell, type WithShell } from "../shell.ts";
import { digits, organizationId } from "../values.ts";

interface CheckOptions {
  webhookUrl?: string;
  testTo?: string;
  yes?: boolean;
}

/** `skytide org add|check <organization>`: connects an organization to its Gupshup app, and says what is missing. */
export function registerOrg(program: Command, withShell: WithShell): void {
  const org = program.command("org").summary("organizations: connect one to WhatsApp, see what one lacks");
  org
    .command("add")
    .description(
      "Connects an organization to its Gupshup app: its row, a secret for its webhook, and, with GUPSHUP_PARTNER_TOKEN, the subscription.\nThe app's API key is read from GUPSHUP_APP_API_KEY, so that no shell history holds it. May be called again to correct it.",
    )
    .argument("<organization>", "its id", organizationId)
    .requiredOption("--app <name>", "the app's name at Gupshup")
    .option("--create <name>", "makes the organization where it is not there yet")
    .option("--app-id <id>", "the app's id at Gupshup")
    .option("--number <digits>", "the business number with country code", digits)
    .option("--phone-number-id <id>", "Meta's id of the number")
    .option("--webhook-url <url>", "where Gupshup reaches ingest (else WEBHOOK_PUBLIC_URL)")
    .addOption(
      new Option("--webhook-version <version>", "3 where staff keep using the business phone's app")
        .choices(["2", "3"])
        .default("2"),
    )
    .option("--rotate-secret", "a new secret although there is one")
    .option("--yes", "does it")
    .action(withShell((shell: Shell, id: string, options: AddOptions) => addOrganization(shell, id, options)));
  org
    .command("check")
    .description(
      "Looks at everything that an organization needs before its agent answers, and says what to do where something is missing.",
    )
    .argument("<organization>", "its id", organizationId)
    .option("--webhook-url <url>", "where Gupshup reaches ingest (else WEBHOOK_PUBLIC_URL)")
    .option("--test-to <digits>", "sends a message to this phone and waits for its receipt; with --yes", digits)
    .option("--yes", "sends the message")
    .action(withShell((shell: Shell, id: string, options: CheckOptions) => check(shell, id, options)));
}

async function check(shell: Shell, id: string, options: CheckOptions): Promise<void> {
  const settings = settingsOf(shell, options);
  const findings = await findingsOf(shell, id, settings);
  if (options.testTo !== undefined && isConfirmed(shell, options))
    findings.push(await testMessage(shell, id, options.testTo, settings));
  shell.show({ organizationId: id, findings }, () => prettyFindings(findings));
  demandHealth(findings);
}

async function testMessage(shell: Shell, id: string, to: string, settings: OnboardingSettings): Promise<Finding> {
  const connection = activeConnection(await factsOf(shell, id));
  if (connection === undefined) return { check: "message", state: "failed", says: "Not sent: there is no connection." };
  await shell.audit({ action: "org.test-message", organizationId: id });
  const { CHAT_HASH_KEYS: keys } = shell.settings(z.object({ CHAT_HASH_KEYS: hashKeysSchema }));
  return await sendTestMessage({
    bus: await shell.bus(),
    baseUrl: settings.GUPSHUP_API_URL,
    keys,
    organizationId: id,
    connection,
    to,
  });
}
