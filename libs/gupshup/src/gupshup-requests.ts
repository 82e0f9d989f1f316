import type { OutgoingMessage, TemplateMessage } from "@skytide/events";

/** What may be sent freely while the 24-hour window is open. */
export type SessionMessage = Exclude<OutgoingMessage, TemplateMessage>;

interface Sender {
  organizationId: string;
  apiKey: string;
  appName: string;
  /** The business number, digits only. */
  source: string;
  /** The receiver's number, digits only. */
  destination: string;
  /** Aborting after the request left makes the result uncertain. */
  signal?: AbortSignal | undefined;
}

export interface SendMessageRequest extends Sender {
  /** One message as `prepareMessage` made it. */
  message: SessionMessage;
  /** Comes back with a tap (`msgid`); for buttons and lists. */
  reference?: string | undefined;
}

export interface SendTemplateRequest extends Sender {
  /** Gupshup's id of the template, not its name. */
  templateId: string;
  /** In order of appearance; each is flattened before it is sent. */
  parameters: readonly string[];
  /** What comes back when a button of the template is tapped, by its index. */
  postbackTexts?: readonly { index: number; text: string }[] | undefined;
}

export interface MarkReadRequest {
  organizationId: string;
  apiKey: string;
  appId: string;
  /** The customer's message, by its inbound id. */
  providerMessageId: string;
  signal?: AbortSignal | undefined;
}

/** Accepted is not delivered. Uncertain: the request left and nobody can say whether it was accepted. */
export type SendResult =
  | { kind: "accepted"; providerMessageId: string }
  | { kind: "uncertain"; reason: "timeout" | "connection-lost" | "no-message-id" };

/** Throws RetryableError, PermanentError or TenantConfigError where the provider surely did not take the message. */
export interface GupshupClient {
  /** Makes exactly one call. */
  sendMessage(request: SendMessageRequest): Promise<SendResult>;
  sendTemplate(request: SendTemplateRequest): Promise<SendResult>;
  /** Shows the customer that the message was read. */
  markRead(request: MarkReadRequest): Promise<void>;
}
