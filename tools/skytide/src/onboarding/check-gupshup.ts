import type { OnboardingAnswer, OnboardingClient } from "@skytide/gupshup";
import type { OnboardingConnection, OnboardingFacts } from "@skytide/store";
import { type Finding, failed, ok, skipped, warning } from "./findings.ts";
import type { OnboardingSettings } from "./settings.ts";

/** What we need to hear of; without the receipts nothing tells whether an answer arrived. */
export const MODES = [
  "MESSAGE",
  "ENQUEUED",
  "SENT",
  "DELIVERED",
  "READ",
  "FAILED",
  "DELETED",
  "OTHERS",
  "TEMPLATE",
  "ACCOUNT",
] as const;

interface Asked {
  client: OnboardingClient;
  settings: OnboardingSettings;
  connection: OnboardingConnection;
  facts: OnboardingFacts;
}

/** What Gupshup says about an organization's app: the subscription of our webhook, and the templates that the agent sends. */
export async function checkGupshup(asked: Asked): Promise<Finding[]> {
  return [await checkSubscription(asked), await checkOwnTemplates(asked), await checkNoticeTemplate(asked)];
}

async function checkSubscription({ client, settings, connection }: Asked): Promise<Finding> {
  const check = "subscription";
  const { GUPSHUP_PARTNER_TOKEN: partnerToken, WEBHOOK_PUBLIC_URL: url } = settings;
  if (!partnerToken || !connection.appId) {
    const why = partnerToken ? "the connection has no app id" : "there is no GUPSHUP_PARTNER_TOKEN";
    return skipped(
      check,
      `Not asked, ${why}: look in Gupshup's dashboard that the webhook has the modes ${MODES.join(", ")}.`,
    );
  }
  const token = await client.appToken({ appId: connection.appId, partnerToken });
  if (token.kind !== "ok")
    return failed(check, `Gupshup gave no token for this app (${reasonOf(token)}): is it the partner's app?`);
  const listed = await client.listSubscriptions({ appId: connection.appId, appToken: token.value });
  if (listed.kind !== "ok") return failed(check, `Gupshup did not list the subscriptions (${reasonOf(listed)}).`);
  const ours = listed.value.filter((one) => one.active && (url === undefined || isSameAddress(one.url, url)));
  const [first, ...others] = ours;
  if (first === undefined)
    return failed(check, "No active subscription calls our webhook: no message will come. skytide org add makes it.");
  const modes = new Set(ours.flatMap((one) => one.modes));
  const missing = modes.has("ALL") ? [] : MODES.filter((mode) => !modes.has(mode));
  if (missing.length > 0)
    return failed(
      check,
      `The modes ${missing.join(", ")} are not subscribed: what they tell never comes. skytide org add corrects it.`,
    );
  return others.length > 0
    ? warning(
        check,
        `${ours.length} subscriptions call our webhook: every event comes as often (and is taken in once).`,
      )
    : ok(check, `Version ${first.version ?? 2}, with all receipts.`);
}

async function checkOwnTemplates({ client, connection, facts }: Asked): Promise<Finding> {
  const check = "templates";
  const wanted = Object.entries(facts.templates);
  if (wanted.length === 0)
    return warning(
      check,
      "None is set (reminder_template_id, reply_template_id): no reminders, and no answer after 24 hours of silence.",
    );
  if (!connection.appId || !connection.apiKey)
    return skipped(check, "Not asked: the connection lacks the app's id or key.");
  return await checkTemplates(check, client, { appId: connection.appId, apiKey: connection.apiKey }, wanted);
}

async function checkNoticeTemplate({ client, settings }: Asked): Promise<Finding> {
  const check = "notices";
  const { GUPSHUP_NOTIF_APP_ID: appId, GUPSHUP_NOTIF_API_KEY: apiKey, GUPSHUP_ESCALATION_TEMPLATE_ID: id } = settings;
  if (!id)
    return failed(
      check,
      "GUPSHUP_ESCALATION_TEMPLATE_ID is not set: staff cannot be told that a customer wants a person.",
    );
  if (!appId || !apiKey)
    return skipped(
      check,
      "Not asked: set GUPSHUP_NOTIF_APP_ID and GUPSHUP_NOTIF_API_KEY to look at the template of staff notices.",
    );
  return await checkTemplates(check, client, { appId, apiKey }, [["escalation", id]]);
}

async function checkTemplates(
  check: string,
  client: OnboardingClient,
  app: { appId: string; apiKey: string },
  wanted: readonly (readonly [use: string, id: string])[],
): Promise<Finding> {
  const listed = await client.listTemplates(app);
  if (listed.kind === "refused" && listed.status === 401)
    return failed(check, "Gupshup refuses the API key: copy it again from the dashboard.");
  if (listed.kind !== "ok") return failed(check, `Gupshup did not list the templates (${reasonOf(listed)}).`);
  const bad = wanted.flatMap(([use, id]) => {
    const template = listed.value.find((one) => one.id === id);
    if (template === undefined)
      return [`the ${use} template is not one of this app's (the id is Gupshup's UUID, not the name)`];
    return template.status === "approved" ? [] : [`the ${use} template is ${template.status}, not approved`];
  });
  return bad.length > 0
    ? failed(check, `Not usable: ${bad.join("; ")}.`)
    : ok(check, `${wanted.map(([use]) => use).join(" and ")}: there and approved.`);
}

/** The same webhook, whether the secret stands in the path or not. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one), URL.parse(other)];
  return (
    a !== null &&
    b !== null &&
    a.origin === b.origin &&
    (a.pathname === b.pathname || a.pathname.startsWith(`${b.pathname}/`))
  );
}

/** Why there is no answer, in words. */
export function reasonOf(answer: Exclude<OnboardingAnswer<unknown>, { kind: "ok" }>): string {
  return answer.kind === "unreachable" ? "it cannot be reached" : `it answers ${answer.status}`;
}
