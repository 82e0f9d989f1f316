import type { GeminiFault, GupshupFault, OpenAiFault } from "./fault-types.ts";
import type { Customer, GupshupApp } from "./gupshup/apps.ts";
import type { ConversationView, CustomerAction } from "./gupshup/conversation-types.ts";

/** Settings of the simulators; all have defaults that serve the demo. */
export interface SimulatorOptions {
  /** Default: a free one. */
  port?: number | "free";
  /** Default 127.0.0.1. */
  host?: string;
  /** How others reach this process, when that differs from host and port (containers). */
  publicUrl?: string;
  /** Where webhooks go; `{secret}` and `{app}` in it are filled in. Settable later by `control.setWebhookUrl`. */
  webhookUrl?: string;
  /** The header that carries the connection's secret. */
  webhookSecretHeader?: string;
  /** The body format of webhooks; default 2. */
  webhookVersion?: 2 | 3;
  /** A webhook call without an answer for this long counts as failed and is repeated; default 10 s, as documented. */
  webhookTimeoutMs?: number;
  /** The first pause before a repeated call; doubles up to 30 times itself. Default 1 s. */
  redeliveryDelayMs?: number;
  /** The pause before each receipt of a message; default 150 ms (the real one holds them about 5 s). */
  receiptDelayMs?: number;
  apps?: readonly GupshupApp[];
  customers?: readonly Customer[];
  /** A folder to keep conversations in, so that a restart goes on where it was; in memory only without one. */
  dataDir?: string;
}

/** Counters of the simulated Gupshup. */
export interface GupshupStats {
  /** Calls of the send API by status. */
  calls: Record<string, number>;
  /** Accepted sends by destination. */
  sends: Record<string, number>;
  readMarks: number;
  webhooks: { delivered: number; failedAttempts: number; gaveUp: number };
  /** What a correct client never causes. */
  defects: { nonEmptyWebhookAnswer: number };
}

/** Counters of a simulated model provider. */
export interface ModelStats {
  /** Calls by path and status, such as `responses 200`. */
  calls: Record<string, number>;
  /** Tools chosen (OpenAI only). */
  tools: Record<string, number>;
}

/** The simulators' remote control, for tests and the demo; the same things are there over HTTP. */
export interface SimulatorControl {
  setWebhookUrl(url: string): void;
  /** A customer does something; resolves with the message's id once it is on its way, not once it is delivered. */
  customer(phone: string, action: CustomerAction): Promise<{ messageId: string }>;
  conversation(app: string, phone: string): ConversationView;
  /** Waits until the conversation satisfies the condition; rejects with what it looks like when the limit (default 10 s) is over. */
  until(
    app: string,
    phone: string,
    condition: (conversation: ConversationView) => boolean,
    limitMs?: number,
  ): Promise<ConversationView>;
  /** Moves the customer's last message into the past, so that the 24-hour window closes. */
  age(app: string, phone: string, hours: number): void;
  /** Calls the webhook as Gupshup does when its URL is saved, or to probe it. */
  probe(app: string, kind: "validation" | "connectivity"): Promise<void>;
  setGupshupFaults(faults: GupshupFault[]): void;
  setOpenAiFaults(faults: OpenAiFault[]): void;
  setGeminiFaults(faults: GeminiFault[]): void;
  stats(): { gupshup: GupshupStats; openai: ModelStats; gemini: ModelStats; langfuse: { traces: number } };
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
