import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Connected, OnboardingFacts } from "@skytide/store";
import { CliError } from "../cli-error.ts";
import { isConfirmed, type Shell } from "../shell.ts";
import { checkWebhook } from "./check-webhook.ts";
import { clientOf, demandHealth, findingsOf, settingsOf } from "./find.ts";
import { prettyFindings } from "./findings.ts";
import { subscribe } from "./subscribe.ts";

export interface AddOptions {
  create?: string;
  app: string;
  appId?: string;
  number?: string;
  phoneNumberId?: string;
  webhookUrl?: string;
  webhookVersion: "2" | "3";
  rotateSecret?: boolean;
  yes?: boolean;
}

/** Connects an organization to its app, subscribes the webhook where that is possible, and says what is missing. */
export async function addOrganization(shell: Shell, id: string, options: AddOptions): Promise<void> {
  const settings = settingsOf(shell, options);
  const facts = await shell.store().onboardingFacts(id);
  if (facts === null && !options.create) {
    throw new CliError('There is no organization with this id. To make it, name it: --create "Its name".');
  }
  const known = facts?.connections.find(({ appName }) => appName === options.app);
  const isNew = !known?.webhookSecret || options.rotateSecret === true;
  shell.note(planOf(options, facts, isNew, settings.GUPSHUP_PARTNER_TOKEN !== undefined));
  if (!isConfirmed(shell, options)) return;
  const secret = isNew ? randomBytes(24).toString("base64url") : (known.webhookSecret ?? "");
  await shell.audit({ action: "org.add", organizationId: id, facts: { app: options.app, newSecret: isNew } });
  const { app: appName, appId, number: businessNumber, phoneNumberId, create } = options;
  const apiKey = settings.GUPSHUP_APP_API_KEY;
  demand(
    await shell
      .store()
      .connectOrganization(
        id,
        { appName, appId, apiKey, businessNumber, phoneNumberId, webhookSecret: secret },
        create,
      ),
    appName,
  );
  await untilKnown(shell, settings.WEBHOOK_PUBLIC_URL, { appName, appId: appId ?? known?.appId ?? null, secret });
  const subscribed = await subscribe({
    ...{ client: clientOf(settings), settings, appId: appId ?? known?.appId ?? null, secret },
    version: options.webhookVersion === "3" ? 3 : 2,
  });
  const findings = [subscribed, ...(await findingsOf(shell, id, settings))];
  shell.show({ organizationId: id, app: appName, ...(isNew ? { webhookSecret: secret } : {}), findings }, () =>
    [prettyFindings(findings), ...(isNew ? [`\nThe webhook's secret, shown this once: ${secret}`] : [])].join("\n"),
  );
  demandHealth([subscribed]);
}

/** Gupshup calls the webhook when it is subscribed: by then ingest must have read the new row. */
async function untilKnown(
  shell: Shell,
  url: string | undefined,
  app: { appName: string; appId: string | null; secret: string },
): Promise<void> {
  for (let tries = 0; url !== undefined && tries < 20 && !shell.signal.aborted; tries += 1) {
    if ((await checkWebhook({ url, ...app })).state === "ok") return;
    await pause(500);
  }
}

function planOf(
  { create, app }: AddOptions,
  facts: OnboardingFacts | null,
  isNewSecret: boolean,
  isPartner: boolean,
): string {
  const known = facts?.connections.some(({ appName }) => appName === app) ?? false;
  return [
    ...(facts === null ? [`makes the organization "${create}"`] : []),
    `${known ? "corrects" : "makes"} the connection to the app ${app}`,
    isNewSecret ? "gives its webhook a new secret" : "keeps its webhook's secret",
    isPartner ? "subscribes the webhook at Gupshup" : "leaves the subscription to you (no GUPSHUP_PARTNER_TOKEN)",
  ]
    .map((line) => `- ${line}`)
    .join("\n");
}

function demand(connected: Connected, app: string): void {
  if (connected.kind === "connected") return;
  if (connected.code === "app_taken")
    throw new CliError(`The app ${app} is another organization's active connection. Switch that one off first.`);
  throw new CliError(
    connected.code === "invalid_connection"
      ? "The app's name is empty or something is too long."
      : "There is no organization with this id.",
  );
}
