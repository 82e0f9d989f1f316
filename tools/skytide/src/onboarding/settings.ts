import { z } from "zod";

/** What setting an organization up needs besides log and database; all of it optional. */
export const onboardingSettings = z.object({
  WEBHOOK_PUBLIC_URL: z.url().optional().describe("Where Gupshup reaches ingest: https://…/webhooks/gupshup."),
  GUPSHUP_API_URL: z.url().optional().describe("Base URL of Gupshup."),
  GUPSHUP_PARTNER_URL: z.url().optional().describe("Base URL of Gupshup's partner API."),
  GUPSHUP_PARTNER_TOKEN: z.string().optional().describe("Partner token; with it the webhook is subscribed by itself."),
  GUPSHUP_APP_API_KEY: z.string().optional().describe("API key of the app that org add connects."),
  GUPSHUP_NOTIF_APP_NAME: z.string().optional().describe("App of the staff notices."),
  GUPSHUP_NOTIF_APP_ID: z.string().optional().describe("Its id."),
  GUPSHUP_NOTIF_API_KEY: z.string().optional().describe("Its API key."),
  GUPSHUP_ESCALATION_TEMPLATE_ID: z.string().optional().describe("Template of the staff notices."),
});
export type OnboardingSettings = z.output<typeof onboardingSettings>;
