import type { EventOf, OutgoingMessage, ReplyFailed, ReplyRequested, ReplySent } from "@skytide/events";
import type { Logger } from "@skytide/telemetry";
import type { OutboundMetrics } from "./metrics.ts";

/** Names one message of one reply. */
export interface SendKey {
  organizationId: string;
  chat: string;
  replyId: string;
  /** Which message of the reply, from 0. */
  index: number;
}

export interface ClaimRequest extends SendKey {
  /** How many messages the reply has. */
  parts: number;
  /** The reply's sequence on the log: a newer reply that was sent makes an older one superseded. */
  sequence: number;
  closing: boolean;
  /** The conversation's reply before this one, which has to be settled first. */
  after?: string | undefined;
  /** Take an uncertain send over for its one repetition. */
  resend?: boolean | undefined;
  /** An operator replays a dead letter: a rejected send may be tried again. */
  reopen?: boolean | undefined;
}

/** What the claim row of a message says. */
export type SendClaim =
  | {
      kind: "claimed";
      destination: string;
      source: string;
      appName: string;
      appId: string | null;
      apiKey: string;
      /** The customer's last message by the provider's id, for the read mark. */
      inboundMessageId: string | null;
    }
  | {
      kind: "done";
      state: "accepted" | "rejected" | "suppressed" | "held";
      providerMessageId: string | null;
      code: string | null;
    }
  | {
      kind: "uncertain";
      /** When it was first claimed, and how long ago it was last claimed, by the database's clock. */
      claimedAt: string;
      ageMs: number;
      attempts: number;
    }
  | { kind: "waiting" }
  | { kind: "suppressed"; reason: SuppressReason };

export type SuppressReason = "bot_paused" | "window_closed" | "no_connection" | "superseded";
type SendOutcome = "accepted" | "rejected" | "released" | "unknown" | "held";

export interface Sends {
  claim(request: ClaimRequest): Promise<SendClaim>;
  settle(
    request: SendKey & {
      outcome: SendOutcome;
      providerMessageId?: string | undefined;
      code?: string | undefined;
    },
  ): Promise<{ state: string }>;
  /** The first receipt of a conversation since then that belongs to no known send. */
  findUnmatchedReceipt(of: {
    organizationId: string;
    chat: string;
    since: string;
  }): Promise<{ providerMessageId: string } | null>;
  /** When the organization's last receipt came: whether its receipts flow at all. */
  lastReceiptAt(organizationId: string): Promise<string | null>;
}

export interface SendRequest {
  organizationId: string;
  apiKey: string;
  appName: string;
  source: string;
  destination: string;
  message: OutgoingMessage;
  reference: string;
}

/** One call each; throws our three errors where the provider surely did not take the message. */
export interface Provider {
  send(request: SendRequest): Promise<{ kind: "accepted"; providerMessageId: string } | { kind: "uncertain" }>;
  /** Fire and forget: never throws, never awaited. */
  markRead(request: { organizationId: string; apiKey: string; appId: string; providerMessageId: string }): void;
}

interface Lease {
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface Policy {
  /** How long an uncertain send waits for a receipt. */
  uncertainWaitMs: number;
  /** How often it looks. */
  uncertainPollMs: number;
  /** How old an organization's last receipt may be while its receipts count as flowing. */
  receiptsFlowMs: number;
  /** How long a reply waits for the one before it. */
  orderWaitMs: number;
  /** Until the next try of a reply whose conversation is being served or whose turn has not come. */
  busyRetryMs: number;
  /** How long a message waits here for its rate limits before it goes back to the log. */
  throttleWaitMs: number;
  numberPerSecond: number;
  pairPerMinute: number;
  pairBurst: number;
}

/** What the rule of this stage needs. */
export interface Deps {
  leases: { acquire(key: string): Promise<Lease | null> };
  limits: {
    take(
      key: string,
      bucket: { tokens: number; perMs: number; burst: number },
    ): Promise<{ kind: "ok" } | { kind: "wait"; ms: number }>;
  };
  sends: Sends;
  provider: Provider;
  /** The conversation's reply before this one since then, as it stands on the log. */
  replyBefore(
    subject: string,
    before: { sequence: number; since: Date },
  ): Promise<{ replyId: string; publishedAt: Date } | null>;
  publish(event: ReplySent | ReplyFailed): Promise<void>;
  /** Makes messages that WhatsApp takes: formatting, splitting, limits. */
  prepare(message: OutgoingMessage): OutgoingMessage[];
  now(): Date;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the process where a test asked for it. */
  crashPoint(name: "after_claim_before_send" | "after_send_before_record" | "after_publish_before_ack"): void;
  metrics: OutboundMetrics;
  log: Logger;
  policy: Policy;
}

/** One reply as the worker hands it over. */
export interface ReplyMessage {
  event: EventOf<"reply.requested">;
  sequence: number;
  publishedAt: Date;
  /** True when an operator gave a dead letter back. */
  replayed: boolean;
  signal: AbortSignal;
}

/** One message of a reply on its way. */
export interface Part {
  reply: ReplyRequested;
  key: SendKey;
  claim: ClaimRequest;
  message: OutgoingMessage;
  /** The reply before this one had its time: do not wait for it any longer. */
  mayOvertake: boolean;
  signal: AbortSignal;
}
