import type { EventOf, ReplyFailed } from "@skytide/events";
import type { Deps } from "./deps.ts";

/** The send that a late failure speaks of. */
export interface FailedSend {
  replyId: string;
  index: number;
  sequence: number;
  state: string;
  appName: string | null;
  claimedAt: string;
  resends: number;
  asTemplate: boolean;
  /** The failure speaks of its last try. */
  current: boolean;
  /** It was delivered all the same. */
  delivered: boolean;
  templateId: string | null;
}

/** What late failures need besides what sending needs. */
export interface LateDeps extends Deps {
  failedSends: {
    find(of: { organizationId: string; chat: string; ids: readonly string[] }): Promise<FailedSend | null>;
    reopen(of: {
      organizationId: string;
      replyId: string;
      index: number;
      ids: readonly string[];
      code: string;
    }): Promise<{ reopened: boolean }>;
  };
  /** The reply at a place of the log; null when it is gone. */
  readReply(sequence: number): Promise<{ event: EventOf<"reply.requested">; publishedAt: Date } | null>;
}

export interface LateFailure {
  event: ReplyFailed;
  publishedAt: Date;
  /** An operator gives the failure back: what was in its way is mended. */
  replayed: boolean;
  signal: AbortSignal;
}

export type LateOutcome = "ok" | "skipped";

/** Every id that a receipt gives its message. */
export function idsOf({ data }: ReplyFailed): string[] {
  return [...(data.providerMessageId === undefined ? [] : [data.providerMessageId]), ...data.otherIds];
}
