import type { EscalationFailed, EscalationNotified } from "@skytide/events";
import type { Logger } from "@skytide/telemetry";
import type { NotifierMetrics } from "./metrics.ts";

export interface EscalationKey {
  organizationId: string;
  escalationId: string;
}

/** What staff are told about an escalation, and who is told. */
export interface Notice {
  chat: string;
  state: "raised" | "notified";
  /** Full phones, digits only. */
  recipients: readonly { phone: string }[];
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
  claimNotice(of: NoticeKey & { resend?: boolean | undefined }): Promise<NoticeClaim>;
  settleNotice(
    of: NoticeKey & {
      outcome: "accepted" | "rejected" | "unknown" | "released";
      providerMessageId?: string | undefined;
      code?: string | undefined;
    },
  ): Promise<void>;
  settleEscalation(of: EscalationKey & { outcome: "notified" | "failed" }): Promise<void>;
}

export interface TemplateRequest {
  organizationId: string;
  destination: string;
  parameters: readonly string[];
}

/** Sends the escalation template; throws our three errors where the provider surely did not take it. */
export type SendTemplate = (
  request: TemplateRequest,
) => Promise<{ kind: "accepted"; providerMessageId: string } | { kind: "uncertain" }>;

/** What became of one person's notice, for the operators' stream: no phone, no name. */
export interface NoticeRecord {
  organizationId: string;
  escalationId: string;
  /** Which of the recipients, from 0. */
  recipient: number;
  outcome: "accepted" | "rejected";
  providerMessageId?: string | undefined;
  code?: string | undefined;
}

/** What the rule of this stage needs. */
export interface Deps {
  notices: Notices;
  /** Null where the notification app is not configured. */
  sendTemplate: SendTemplate | null;
  publish(event: EscalationNotified | EscalationFailed): Promise<void>;
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
