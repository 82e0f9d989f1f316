import type { EscalationFailed, EscalationNotified, EscalationRenotified, EscalationUnanswered } from "@skytide/events";
import type { Logger } from "@skytide/telemetry";
import type { NotifierMetrics } from "./metrics.ts";

export interface EscalationKey {
  organizationId: string;
  escalationId: string;
}

interface Recipient {
  phone: string;
  /** Told when none of the others can be reached, and from the second time on. */
  alternative: boolean;
}

/** What staff are told about an escalation, and who is told. */
export interface Notice {
  chat: string;
  state: "raised" | "notified";
  /** Full phones, digits only. */
  recipients: readonly Recipient[];
  /** How often staff were told, the first time included. */
  rounds: number;
  /** The provider refused the template within the last hour. */
  templateRefused: boolean;
  customerName: string;
  customerPhone: string | null;
  reason: string;
  summary: string;
  organizationName: string;
  timezone: string;
  locale: string;
  raisedAt: string;
}

interface NoticeKey extends EscalationKey {
  phone: string;
}

/** `unknown`: it was begun and never settled, by a process that died or by one that is still at it. */
export type NoticeClaim =
  | { kind: "new" | "accepted" | "rejected" }
  | { kind: "unknown"; ageMs: number; attempts: number };

interface Notices {
  /** Null where the escalation is closed already. */
  beginNotice(of: EscalationKey): Promise<Notice | null>;
  /** Before the call; `resend` takes an unknown one over, once. */
  claimNotice(of: NoticeKey & { resend?: boolean | undefined; round: number }): Promise<NoticeClaim>;
  settleNotice(
    of: NoticeKey & {
      outcome: "accepted" | "rejected" | "unknown" | "released";
      providerMessageId?: string | undefined;
      code?: string | undefined;
    },
  ): Promise<void>;
  settleEscalation(of: EscalationKey & { outcome: "notified" | "failed" }): Promise<void>;
  /** Staff were told once more. */
  settleNoticeRound(of: EscalationKey & { round: number }): Promise<void>;
}

export interface TemplateRequest {
  organizationId: string;
  destination: string;
  parameters: readonly string[];
  /** By the second template, because the first one is refused. */
  fallback: boolean;
}

/** Sends the escalation template; throws our three errors where the provider surely did not take it. */
export type SendTemplate = (
  request: TemplateRequest,
) => Promise<{ kind: "accepted"; providerMessageId: string } | { kind: "uncertain" }>;

/** What became of one person's notice, for the operators' stream: no phone, no name. */
export interface NoticeRecord {
  organizationId: string;
  escalationId: string;
  /** Which of the recipients, from 0; unknown for what is heard of later. */
  recipient?: number | undefined;
  /** Which telling it was, from 1. */
  round: number;
  outcome: "accepted" | "rejected" | "undelivered";
  providerMessageId?: string | undefined;
  code?: string | undefined;
}

export type NoticeEvent = EscalationNotified | EscalationFailed | EscalationRenotified | EscalationUnanswered;

/** What the rule of notices needs. */
export interface Deps {
  notices: Notices;
  /** Null where the notification app is not configured. */
  sendTemplate: SendTemplate | null;
  /** There is a second template for the time in which the first one is refused. */
  hasFallback: boolean;
  publish(event: NoticeEvent): Promise<void>;
  record(record: NoticeRecord): Promise<void>;
  now(): Date;
  /** Ends the process where a test asked for it. */
  crashPoint(name: "after_claim_before_send" | "after_send_before_record" | "after_publish_before_ack"): void;
  metrics: NotifierMetrics;
  log: Logger;
  policy: {
    /** Until a notice that was begun and not settled is sent once more: longer than a call can take. */
    uncertainWaitMs: number;
  };
}

/** An escalation to tell staff about. */
export interface Escalation extends EscalationKey {
  turn?: string | undefined;
  traceparent?: string | undefined;
  signal: AbortSignal;
}
