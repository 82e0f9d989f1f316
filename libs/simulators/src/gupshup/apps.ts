/** A business number at the simulated Gupshup: what a real account would have configured there. */
export interface GupshupApp {
  /** The app's name, as in `src.name` and in v2 webhook bodies. */
  name: string;
  id: string;
  /** The business number, digits only. */
  number: string;
  apiKey: string;
  phoneNumberId: string;
  /** Shown on the web phone. */
  title: string;
  /** Sent with every webhook call; without one the app's webhooks carry no secret. */
  webhookSecret?: string;
  /** False for an app whose customers' messages and receipts nobody subscribed to. */
  hasWebhook: boolean;
  /** True for the app that only notifies staff: customers don't write to it. */
  isNotices?: boolean;
}

/** A person with a phone on the simulated WhatsApp. */
export interface Customer {
  phone: string;
  name: string;
  /** Works for a business: gets notices, is no customer. */
  isStaff?: boolean;
}

/** The Gupshup template that tells staff about an escalation: five parameters at most. */
export const ESCALATION_TEMPLATE_ID = "e5ca1a7e-0000-4000-8000-000000000001";

/** The templates of the demo organizations' reminders, Aurora's first, with three quick-reply buttons (docs/reminders.md). */
export const REMINDER_TEMPLATE_IDS = [
  "2e314de2-0000-4000-8000-000000000001",
  "2e314de2-0000-4000-8000-000000000002",
] as const;

/** The demo's apps, the same as in the database's seed. */
export const DEMO_APPS: readonly GupshupApp[] = [
  {
    name: "AuroraDemo",
    id: "a0000000-0000-4000-8000-00000000a991",
    number: "573000000001",
    apiKey: "demo-key-aurora",
    phoneNumberId: "100000000000001",
    title: "Aurora Estética",
    webhookSecret: "demo-secret-aurora",
    hasWebhook: true,
  },
  {
    name: "BrisaDemo",
    id: "b0000000-0000-4000-8000-00000000a992",
    number: "573000000002",
    apiKey: "demo-key-brisa",
    phoneNumberId: "100000000000002",
    title: "Brisa Dental",
    webhookSecret: "demo-secret-brisa",
    hasWebhook: true,
  },
  {
    name: "SkytideAvisos",
    id: "e0000000-0000-4000-8000-00000000a999",
    number: "573000000009",
    apiKey: "demo-key-avisos",
    phoneNumberId: "100000000000009",
    title: "Skytide Avisos",
    webhookSecret: "demo-secret-avisos",
    hasWebhook: true,
    isNotices: true,
  },
];

/** The demo's customers. */
export const DEMO_CUSTOMERS: readonly Customer[] = [
  { phone: "573001110001", name: "Laura Gómez" },
  { phone: "573001110002", name: "Carlos Ramírez" },
  { phone: "573001110003", name: "Marta Díaz" },
  { phone: "573001110004", name: "Diego Torres" },
];

/** The staff who are told about escalations. */
export const DEMO_STAFF: readonly Customer[] = [
  { phone: "573009990001", name: "Recepción Aurora", isStaff: true },
  { phone: "573009990002", name: "Recepción Brisa", isStaff: true },
];

/** The token of the simulated partner, for `GUPSHUP_PARTNER_TOKEN`; each app has one of its own behind it. */
export const DEMO_PARTNER_TOKEN = "demo-partner-token";

/** The token with which a partner acts for one app. */
export const partnerAppToken = (app: { id: string }) => `demo-partner-app-token-${app.id}`;
