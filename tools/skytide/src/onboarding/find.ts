import { createOnboardingClient, type OnboardingClient } from "@skytide/gupshup";
import type { OnboardingFacts } from "@skytide/store";
import { CliError } from "../cli-error.ts";
import type { Shell } from "../shell.ts";
import { activeConnection, checkDatabase } from "./check-database.ts";
import { checkGupshup } from "./check-gupshup.ts";
import { checkWebhook } from "./check-webhook.ts";
import type { Finding } from "./findings.ts";
import { onboardingSettings, type OnboardingSettings as Settings } from "./settings.ts";

/** The settings, with the webhook's address as the command line has it. */
export function settingsOf(shell: Shell, { webhookUrl }: { webhookUrl?: string }): Settings {
  const settings = shell.settings(onboardingSettings);
  if (webhookUrl !== undefined && !URL.canParse(webhookUrl))
    throw new CliError("--webhook-url is no URL.", { exitCode: 2 });
  return { ...settings, WEBHOOK_PUBLIC_URL: webhookUrl ?? settings.WEBHOOK_PUBLIC_URL };
}

/** Gupshup as the settings name it. */
export const clientOf = ({ GUPSHUP_API_URL: baseUrl, GUPSHUP_PARTNER_URL: partnerUrl }: Settings): OnboardingClient =>
  createOnboardingClient({ baseUrl, partnerUrl });

/** What the database says of the organization. Throws CliError where there is none. */
export async function factsOf(shell: Shell, id: string): Promise<OnboardingFacts> {
  const facts = await shell.store().onboardingFacts(id);
  if (facts === null)
    throw new CliError("There is no organization with this id. skytide org add makes one with --create.");
  return facts;
}

/** Everything that can be looked at without changing anything. */
export async function findingsOf(shell: Shell, id: string, settings: Settings): Promise<Finding[]> {
  const facts = await factsOf(shell, id);
  const connection = activeConnection(facts);
  const findings = checkDatabase(facts);
  if (connection?.appName === undefined || connection.appName === null) return findings;
  const { appName, appId, webhookSecret: secret } = connection;
  findings.push(await checkWebhook({ url: settings.WEBHOOK_PUBLIC_URL, appName, appId, secret }));
  findings.push(...(await checkGupshup({ client: clientOf(settings), settings, connection, facts })));
  return findings;
}

/** Ends the command with 1 where a check failed. */
export function demandHealth(findings: readonly Finding[]): void {
  const bad = findings.filter(({ state }) => state === "failed").length;
  if (bad > 0) throw new CliError(`${bad} of ${findings.length} checks failed.`);
}
