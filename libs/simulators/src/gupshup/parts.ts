import { randomUUID } from "node:crypto";
import type { GupshupFault } from "../fault-schemas.ts";
import { createFaultBox, type FaultBox } from "../faults.ts";
import { BadRequest } from "../read-body.ts";
import { createTimers, type Timers } from "../timers.ts";
import type { Customer, GupshupApp } from "./apps.ts";
import type { OutgoingStatus } from "./conversation-types.ts";
import { type Conversations, createConversations } from "./conversations.ts";
import { createMediaFiles, type MediaFiles } from "./media-files.ts";
import { createReceipts, type Journey, type ReceiptStep, type Receipts } from "./receipts.ts";
import type { Template } from "./templates.ts";
import { createWebhookCaller, type WebhookCaller } from "./webhook-caller.ts";
import { createWebhookOutbox, type WebhookOutbox } from "./webhook-outbox.ts";

/** Settings of the simulated Gupshup. */
export interface GupshupSettings {
  apps: readonly GupshupApp[];
  people: readonly Customer[];
  templates: readonly Template[];
  /** Where webhooks go; they wait while there is none. */
  webhookUrl: string | undefined;
  webhookSecretHeader: string;
  webhookVersion: 2 | 3;
  webhookTimeoutMs: number;
  redeliveryDelayMs: number;
  receiptDelayMs: number;
  /** The send API's limit per app; above it 429. */
  sendsPerSecond: number;
  now(): Date;
  /** Where this simulator can be reached. */
  publicUrl(): string;
}

/** What the simulated platform consists of. */
export interface GupshupParts {
  settings: GupshupSettings;
  timers: Timers;
  faults: FaultBox<GupshupFault>;
  conversations: Conversations;
  media: MediaFiles;
  caller: WebhookCaller;
  outbox: WebhookOutbox;
  receipts: Receipts;
  defects: { nonEmptyWebhookAnswer: number };
  appNamed(name: string): GupshupApp;
}

/** Builds the parts and connects them: receipts and customers' messages leave through one outbox. */
export function createGupshupParts(settings: GupshupSettings): GupshupParts {
  const timers = createTimers();
  const faults = createFaultBox<GupshupFault>();
  const conversations = createConversations(settings.people);
  const defects = { nonEmptyWebhookAnswer: 0 };
  const appNamed = (name: string): GupshupApp => {
    const app = settings.apps.find((one) => one.name === name);
    if (!app) throw new BadRequest(`there is no app named ${name}`);
    return app;
  };
  const caller = createCaller(settings, timers, conversations, defects);
  const outbox = createWebhookOutbox({ caller, faults, timers, version: settings.webhookVersion });
  const onStep = (journey: Journey, step: ReceiptStep) => {
    showStep(conversations, journey, step);
    const { steps: _, appName, ...facts } = journey;
    outbox.receipt({ app: appNamed(appName), at: settings.now(), ...facts, ...step });
  };
  const receipts = createReceipts({ timers, delayMs: settings.receiptDelayMs, onStep });
  const media = createMediaFiles(settings.now);
  return { settings, timers, faults, conversations, media, caller, outbox, receipts, defects, appNamed };
}

function createCaller(
  settings: GupshupSettings,
  timers: Timers,
  conversations: Conversations,
  defects: GupshupParts["defects"],
): WebhookCaller {
  return createWebhookCaller({
    timers,
    secretHeader: settings.webhookSecretHeader,
    timeoutMs: settings.webhookTimeoutMs,
    redeliveryDelayMs: settings.redeliveryDelayMs,
    url: () => settings.webhookUrl,
    onDelivered: ({ app, phone, messageId, event }) => {
      if (event === "message") conversations.update(app.name, phone, messageId, { delivered: true });
    },
    onAnswerText: ({ app, phone }, text) => {
      defects.nonEmptyWebhookAnswer += 1;
      // The real platform may show it to the customer: so does this one.
      conversations.add(app.name, phone, {
        direction: "out",
        id: randomUUID(),
        at: settings.now().toISOString(),
        content: { kind: "text", text: text.slice(0, 4096) },
        status: "sent",
        fromWebhookAnswer: true,
      });
    },
  });
}

const FORWARD: readonly OutgoingStatus[] = ["submitted", "enqueued", "sent", "delivered", "read"];

/** The phone's ticks only go forward, in whatever order the receipts leave. */
function showStep(conversations: Conversations, { appName, destination, gsId }: Journey, step: ReceiptStep): void {
  const { status, code } = step;
  if (status === "failed") {
    const failureCode = code === undefined ? {} : { failureCode: code };
    conversations.update(appName, destination, gsId, { status, ...failureCode });
    return;
  }
  const shown = conversations.find(appName, destination, gsId)?.status ?? "submitted";
  if (FORWARD.indexOf(status) > FORWARD.indexOf(shown)) conversations.update(appName, destination, gsId, { status });
}
