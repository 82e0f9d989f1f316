import type { OnboardingClient } from "@skytide/gupshup";
import { isSameAddress, MODES, reasonOf } from "./check-gupshup.ts";
import { type Finding, failed, ok, skipped } from "./findings.ts";
import type { OnboardingSettings } from "./settings.ts";

interface Subscriber {
  client: OnboardingClient;
  settings: OnboardingSettings;
  appId: string | null;
  secret: string;
  version: 2 | 3;
}

const TAG = "skytide";

/** Subscribes our webhook with its secret and all receipts, or corrects the subscription that is there. */
export async function subscribe({ client, settings, appId, secret, version }: Subscriber): Promise<Finding> {
  const check = "subscribe";
  const { WEBHOOK_PUBLIC_URL: url, GUPSHUP_PARTNER_TOKEN: partnerToken } = settings;
  if (!partnerToken || !appId || !url) {
    const lacking = [
      partnerToken ? [] : ["GUPSHUP_PARTNER_TOKEN"],
      appId ? [] : ["--app-id"],
      url ? [] : ["WEBHOOK_PUBLIC_URL"],
    ].flat();
    return skipped(
      check,
      `Not done without ${lacking.join(", ")}. In Gupshup's dashboard set the callback URL to …/webhooks/gupshup/<secret> with the modes ${MODES.join(", ")}.`,
    );
  }
  const token = await client.appToken({ appId, partnerToken });
  if (token.kind !== "ok")
    return failed(check, `Gupshup gave no token for this app (${reasonOf(token)}): is it the partner's app?`);
  const app = { appId, appToken: token.value };
  const listed = await client.listSubscriptions(app);
  if (listed.kind !== "ok") return failed(check, `Gupshup did not list the subscriptions (${reasonOf(listed)}).`);
  const ours = listed.value.find((one) => one.tag === TAG || isSameAddress(one.url, url));
  const modes = version === 3 ? [...MODES, "COEXISTENCE"] : MODES;
  const saved = await client.saveSubscription(app, {
    ...{ id: ours?.id, tag: ours?.tag ?? TAG, url, version, modes },
    headers: { "X-Webhook-Secret": secret },
  });
  return saved.kind === "ok"
    ? ok(check, ours === undefined ? "The webhook is subscribed." : "The subscription is corrected.")
    : failed(check, `Gupshup did not take the subscription (${reasonOf(saved)}); five per app are the most.`);
}
