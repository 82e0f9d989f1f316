import type { PermanentError, TenantConfigError } from "@skytide/errors";
import type {
  EscalationRaised,
  EventOf,
  OutgoingMessage,
  ReplyFailed,
  ReplyRequested,
  ReplySent,
} from "@skytide/events";
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
  /** The organization's template goes instead, also where the window is closed. */
  asTemplate?: boolean | undefined;
  /** No answer: neither the pause, nor the window, nor what was said since counts. */
  reminder?: boolean | undefined;
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
      /** How often it failed after it was accepted. */
      resends: number;
      /** The template that goes instead of the message. */
      templateId: string | null;
    }
  | {
      kind: "done";
      state: "accepted" | "rejected" | "suppressed" | "held";
      providerMessageId: string | null;
      code: string | null;
      resends: number;
      asTemplate: boolean;
    }
  | {
      kind: "uncertain";
      /** When it was first claimed, and how long ago it was last claimed, by the database's clock. */
      claimedAt: string;
      ageMs: number;
      attempts: number;
      resends: number;
      asTemplate: boolean;
    }
  | { kind: "waiting" }
  /** With a template nothing is settled yet: it may be claimed again as one. */
  | { kind: "suppressed"; reason: SuppressReason; templateId?: string | undefined }
  /** The provider refuses the app; messages wait for it, or fail. */
  | { kind: "blocked"; code: string; setting: string; waits: boolean; retryInMs: number };

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
  /** Asks for a person, once per time that the customer wrote; null where that was done. */
  escalateUnsent(of: {
    organizationId: string;
    chat: string;
    summary: string;
  }): Promise<{ escalationId: string; raisedAt: string } | null>;
}

/** Apps that the provider refuses, shared by all replicas. */
export interface Circuits {
  report(refusal: {
    organizationId: string;
    appName: string;
    code: string;
    setting: string;
    /** Messages wait until it is over; else they fail in plain sight. */
    waits: boolean;
    /** Said by a receipt. */
    late: boolean;
    patienceMs: number;
    pauseMs: number;
    sentAt?: string | undefined;
  }): Promise<{ open: boolean; opened: boolean; retryInMs: number }>;
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
  /** How long an app is refused until its circuit opens, and until a message tries again then. */
  circuitPatienceMs: number;
  circuitPauseMs: number;
  /** The least time between a failure that comes late and what is done about it: it can be premature. */
  lateWaitMs: number;
  /** How long a late failure waits for the send that it speaks of. */
  lateMatchMs: number;
  /** How often a message is sent again after late failures. */
  resends: number;
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
  circuits: Circuits;
  provider: Provider;
  /** The conversation's reply before this one since then, as it stands on the log. */
  replyBefore(
    subject: string,
    before: { sequence: number; since: Date },
  ): Promise<{ replyId: string; publishedAt: Date } | null>;
  publish(event: ReplySent | ReplyFailed | EscalationRaised): Promise<void>;
  /** Makes messages that WhatsApp takes: formatting, splitting, limits. */
  prepare(message: OutgoingMessage): OutgoingMessage[];
  now(): Date;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the process where a test asked for it. */
  crashPoint(name: "after_claim_before_send" | "after_send_before_record" | "after_publish_before_ack"): void;
  /** Where messages that were sent again are watched for having arrived twice. */
  repeats?: { add(repeat: { organizationId: string; chat: string; since: string }): void; look(): Promise<void> };
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
  /** The messages after it: a template that goes instead says them, too. */
  rest: readonly OutgoingMessage[];
  /** The reply before this one had its time: do not wait for it any longer. */
  mayOvertake: boolean;
  signal: AbortSignal;
}

/** How one message of a reply ended. `fresh`: by this delivery, not by an earlier one. */
export type PartResult =
  | {
      kind: "sent";
      providerMessageId: string;
      /** What went out: the message, or a template that stands for it and the rest of its reply. */
      message: OutgoingMessage;
      resends: number;
      fresh: boolean;
    }
  | {
      kind: "failed";
      code: string;
      fresh: boolean;
      /** The customer cannot be reached by us: a person has to. */
      unreachable?: boolean;
      cause?: PermanentError | TenantConfigError;
    };
