import type { GeminiFault, GupshupFault, OpenAiFault } from "./fault-schemas.ts";
import type { Customer, GupshupApp } from "./gupshup/apps.ts";
import type { ConversationView, CustomerAction } from "./gupshup/conversation-types.ts";
import type { Template } from "./gupshup/templates.ts";

/** Settings of the simulators; all have defaults that serve the demo. */
export interface SimulatorOptions {
  /** Default: a free one. */
  port?: number | "free" | undefined;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** How others reach this process, when that differs from host and port (containers). */
  publicUrl?: string | undefined;
  /** Where webhooks go; `{secret}` and `{app}` in it are filled in. Settable later by `control.setWebhookUrl`. */
  webhookUrl?: string | undefined;
  /** The header that carries the connection's secret; default `x-webhook-secret`. */
  webhookSecretHeader?: string | undefined;
  /** The body format of webhooks; default 2. */
  webhookVersion?: 2 | 3 | undefined;
  /** A webhook call without an answer for this long counts as failed and is repeated; default 10 s, as documented. */
  webhookTimeoutMs?: number | undefined;
  /** The first pause before a repeated call; doubles up to 30 times itself. Default 1 s. */
  redeliveryDelayMs?: number | undefined;
  /** The pause before each receipt of a message; default 150 ms (the real one holds them about 5 s). */
  receiptDelayMs?: number | undefined;
  /** The send API's limit per app, above it 429; default 80. */
  sendsPerSecond?: number | undefined;
  apps?: readonly GupshupApp[] | undefined;
  /** The people on the web phone: customers and staff. */
  people?: readonly Customer[] | undefined;
  templates?: readonly Template[] | undefined;
  /** A folder to keep conversations in, so that a restart goes on where it was; in memory only without one. */
  dataDir?: string | undefined;
}

/** Counters of the simulated Gupshup. */
export interface GupshupStats {
  /** Calls of the send API by status, or `hang`, `cut`, `reset` where a fault left none. */
  calls: Record<string, number>;
  /** Accepted sends by destination. */
  sends: Record<string, number>;
  readMarks: number;
  /** Customers to whom "typing…" was shown, by app. */
  typing: Record<string, number>;
  webhooks: { delivered: number; failedAttempts: number; gaveUp: number };
  /** What a correct business never causes. */
  defects: { nonEmptyWebhookAnswer: number };
}

/** Counters of a simulated model provider. */
export interface ModelStats {
  /** Calls by path and status, such as `responses 200`. */
  calls: Record<string, number>;
  /** Tokens of the answers that went out: input, of it cached, output. */
  tokens: Record<string, number>;
  /** Tools chosen (OpenAI only). */
  tools: Record<string, number>;
}

/** All counters. */
export interface SimulatorStats {
  gupshup: GupshupStats;
  openai: ModelStats;
  gemini: ModelStats;
  langfuse: { exports: number };
}

/** The simulators' remote control, for tests in the same process; the same things are there over HTTP. */
export interface SimulatorControl {
  setWebhookUrl(url: string): void;
  /** A customer does something; the message's id comes back once it is on its way, not once it is delivered. */
  customer(phone: string, action: CustomerAction): { messageId: string };
  conversation(app: string, phone: string): ConversationView;
  /** Waits until the conversation satisfies the condition; rejects with the conversation's course when the limit (default 10 s) is over. */
  until(
    app: string,
    phone: string,
    condition: (conversation: ConversationView) => boolean,
    limitMs?: number,
  ): Promise<ConversationView>;
  /** Moves the customer's last message into the past, so that the 24-hour window closes. */
  age(app: string, phone: string, hours: number): void;
  /** Lets every media link expire. */
  expireMedia(): void;
  /** Calls the webhook as Gupshup does when its URL is saved, or to see whether it answers. */
  probe(app: string, kind: "validation" | "connectivity"): void;
  setGupshupFaults(faults: readonly GupshupFault[]): void;
  setOpenAiFaults(faults: readonly OpenAiFault[]): void;
  setGeminiFaults(faults: readonly GeminiFault[]): void;
  stats(): SimulatorStats;
  /** The newest trace exports (OTLP JSON bodies), oldest first. */
  traces(): unknown[];
  /** Forgets conversations, faults, counters and traces. */
  reset(): void;
}

/** The running simulators. */
export interface Simulators {
  /** For `GUPSHUP_API_URL`. */
  gupshupUrl: string;
  /** For `OPENAI_BASE_URL`; ends in `/v1`. */
  openaiUrl: string;
  /** For `GEMINI_BASE_URL`. */
  geminiUrl: string;
  /** For `LANGFUSE_HOST`. */
  langfuseUrl: string;
  webPhoneUrl: string;
  control: SimulatorControl;
  stop(): Promise<void>;
}
