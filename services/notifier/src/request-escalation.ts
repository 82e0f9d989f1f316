import { PermanentError, RetryableError } from "@skytide/errors";
import { createEvent, derivedEventId, type EscalationRaised } from "@skytide/events";
import type { Escalation, EscalationKey, Notice } from "./deps.ts";
import type { NotifyResult } from "./notify.ts";

/** What the CRM asks for: tell staff about a conversation. */
export interface EscalationRequest {
  organizationId: string;
  chatIdentityId: string;
  /** Why, in the words of who asks. */
  reason: string;
  /** The same key asks for the same escalation. */
  idempotencyKey: string;
  signal: AbortSignal;
}

export type EscalationAnswer =
  | { kind: "notified" }
  | { kind: "failed"; reason: string }
  /** Not settled in time; the worker goes on with it. */
  | { kind: "pending" }
  | { kind: "unknown_identity" };

interface Deps {
  raiseEscalation(escalation: {
    organizationId: string;
    chatIdentityId: string;
    reason: "user_asked";
    summary: string;
    idempotencyKey: string;
  }): Promise<{ escalationId: string; alreadyOpen: boolean }>;
  beginNotice(of: EscalationKey): Promise<Notice | null>;
  publish(event: EscalationRaised): Promise<void>;
  notify(escalation: Escalation): Promise<NotifyResult>;
  /** Told of an escalation that was not open before. */
  onRaised?(): void;
  now(): Date;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  policy: { answerWithinMs: number; pollMs: number };
}

/** Raises an escalation on the log like the agent does, and waits a while for what becomes of it. */
export function createEscalationRequest(deps: Deps) {
  return async (request: EscalationRequest): Promise<EscalationAnswer> => {
    const raised = await raise(deps, request);
    if (raised === null) return { kind: "unknown_identity" };
    const { organizationId, signal } = request;
    const { escalationId } = raised;
    const notice = await deps.beginNotice({ organizationId, escalationId });
    if (notice === null) return { kind: "failed", reason: "closed" };
    // Durable first: if this process dies, the worker of another one tells staff.
    if (!raised.alreadyOpen) {
      await deps.publish(toEscalationRaised({ organizationId, escalationId }, notice, deps.now()));
      deps.onRaised?.();
    }
    return await settle(deps, { organizationId, escalationId, signal });
  };
}

async function raise(deps: Deps, { organizationId, chatIdentityId, reason, idempotencyKey }: EscalationRequest) {
  try {
    const escalation = {
      organizationId,
      chatIdentityId,
      reason: "user_asked",
      summary: reason,
      idempotencyKey,
    } as const;
    return await deps.raiseEscalation(escalation);
  } catch (error) {
    if (error instanceof PermanentError && error.code === "identity-not-found") return null;
    throw error;
  }
}

/** The same code as the worker's, under the same claims: whoever of the two comes first tells staff. */
async function settle(deps: Deps, escalation: Escalation): Promise<EscalationAnswer> {
  const until = deps.now().getTime() + deps.policy.answerWithinMs;
  for (;;) {
    try {
      const result = await deps.notify(escalation);
      return result.kind === "closed" ? { kind: "failed", reason: "closed" } : result;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      if (deps.now().getTime() + deps.policy.pollMs > until || escalation.signal.aborted) return { kind: "pending" };
    }
    await deps.wait(deps.policy.pollMs, escalation.signal);
  }
}

function toEscalationRaised(key: EscalationKey, notice: Notice, time: Date): EscalationRaised {
  const { organizationId, escalationId } = key;
  return createEvent({
    type: "escalation.raised",
    id: derivedEventId(escalationId, "raised"),
    source: "notifier",
    time,
    organizationId,
    chat: notice.chat,
    data: { escalationId, reason: "user_asked", raisedAt: notice.raisedAt },
  });
}
