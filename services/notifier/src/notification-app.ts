import type { GupshupClient } from "@skytide/gupshup";
import type { Config } from "./config.ts";
import type { SendTemplate } from "./deps.ts";

const NEEDED = [
  "GUPSHUP_NOTIF_API_KEY",
  "GUPSHUP_NOTIF_SOURCE",
  "GUPSHUP_NOTIF_APP_NAME",
  "GUPSHUP_ESCALATION_TEMPLATE_ID",
] as const;

type Settings = Pick<Config, (typeof NEEDED)[number] | "GUPSHUP_ESCALATION_FALLBACK_TEMPLATE_ID">;

/** The settings of the notification app that are missing. */
export function missingSettings(settings: Settings): string[] {
  return NEEDED.filter((name) => settings[name] === undefined);
}

/** The app that sends notices to staff, or null where it is not configured. */
export function createNotificationApp(
  gupshup: Pick<GupshupClient, "sendTemplate">,
  settings: Settings,
): SendTemplate | null {
  const apiKey = settings.GUPSHUP_NOTIF_API_KEY;
  const source = settings.GUPSHUP_NOTIF_SOURCE;
  const appName = settings.GUPSHUP_NOTIF_APP_NAME;
  const templateId = settings.GUPSHUP_ESCALATION_TEMPLATE_ID;
  if (apiKey === undefined || source === undefined || appName === undefined || templateId === undefined) return null;
  const second = settings.GUPSHUP_ESCALATION_FALLBACK_TEMPLATE_ID ?? templateId;
  return ({ fallback, ...request }) =>
    gupshup.sendTemplate({ ...request, apiKey, source, appName, templateId: fallback ? second : templateId });
}
