import { RetryableError } from "@skytide/errors";
import { createEvent, derivedEventId, type EscalationFailed } from "@skytide/events";
import type { Deps, Escalation, Notice, SendTemplate } from "./deps.ts";
import { notifyRecipient, type RecipientResult } from "./notify-recipient.ts";

type FailureReason = EscalationFailed["data"]["reason"];

/** How telling staff ended. `closed`: a person had closed the escalation, or it had failed, before. */
export type NotifyResult =
  | { kind: "notified"; fresh: boolean }
  | { kind: "failed"; reason: FailureReason }
  | { kind: "closed" };

/**
 * Tells every enabled recipient about an escalation and says on the log whether anybody was reached. Throws RetryableError while
 * somebody is still worth a try; what was reached until then is said already.
 */
export async function notify(deps: Deps, escalation: Escalation): Promise<NotifyResult> {
  const notice = await deps.notices.beginNotice(escalation);
  if (notice === null) return { kind: "closed" };
  if (deps.sendTemplate === null) return await nobody(deps, escalation, notice, "not_configured");
  if (notice.recipients.length === 0) return await nobody(deps, escalation, notice, "no_recipient");
  return await conclude(
    deps,
    escalation,
    notice,
    await tellRecipients(deps, deps.sendTemplate, { escalation, notice }),
  );
}

/** Tells staff once more of an escalation that nobody answered, the alternatives too; answers how many were reached. */
export async function notifyAgain(deps: Deps, escalation: Escalation, round: number): Promise<number> {
  const notice = await deps.notices.beginNotice(escalation);
  if (notice === null || deps.sendTemplate === null) return 0;
  const results = await tellRecipients(deps, deps.sendTemplate, { escalation, notice, round });
  const pending = results.find((result) => result.kind === "pending");
  const recipients = results.filter((result) => result.kind === "accepted").length;
  if (recipients === 0 && pending !== undefined) throw pending.cause;
  const { organizationId, escalationId } = escalation;
  if (recipients > 0) {
    const id = derivedEventId(escalationId, "renotified", round);
    const data = { escalationId, recipients, round };
    await deps.publish(createEvent({ ...envelope(deps, escalation, notice), type: "escalation.renotified", id, data }));
  }
  await deps.notices.settleNoticeRound({ organizationId, escalationId, round });
  deps.log.event("escalation-renotified", { org: organizationId, escalationId, count: recipients, attempt: round });
  return recipients;
}

/** One after the other; the alternatives only where nobody else was reached, and from the second round on. */
async function tellRecipients(
  deps: Deps,
  sendTemplate: SendTemplate,
  { escalation, notice, round = 1 }: { escalation: Escalation; notice: Notice; round?: number },
): Promise<RecipientResult[]> {
  const results: RecipientResult[] = [];
  for (const [recipient, { phone, alternative }] of notice.recipients.entries()) {
    const isReached = results.some((result) => result.kind === "accepted");
    if (alternative && isReached && round === 1) break;
    if (escalation.signal.aborted) throw interrupted();
    results.push(await notifyRecipient(deps, sendTemplate, { escalation, notice, recipient, phone, round }));
  }
  return results;
}

/** Says that nobody was reached in time, unless somebody was. */
export async function giveUp(deps: Deps, escalation: Escalation): Promise<void> {
  const notice = await deps.notices.beginNotice(escalation);
  if (notice !== null && notice.state === "raised") await fail(deps, escalation, notice, "timeout");
}

async function conclude(
  deps: Deps,
  escalation: Escalation,
  notice: Notice,
  results: readonly RecipientResult[],
): Promise<NotifyResult> {
  const accepted = results.filter((result) => result.kind === "accepted");
  const fresh = notice.state === "raised";
  if (accepted.length > 0 && fresh) await succeed(deps, escalation, notice, accepted.length);
  const pending = results.find((result) => result.kind === "pending");
  if (pending !== undefined) throw pending.cause;
  if (accepted.length > 0 || !fresh) return { kind: "notified", fresh };
  return await fail(deps, escalation, notice, "provider_refused");
}

async function succeed(deps: Deps, escalation: Escalation, notice: Notice, recipients: number): Promise<void> {
  const { organizationId, escalationId } = escalation;
  await deps.publish(
    createEvent({
      ...envelope(deps, escalation, notice),
      type: "escalation.notified",
      id: derivedEventId(escalationId, "notified"),
      data: { escalationId, recipients },
    }),
  );
  // After the event: a crash in between publishes it again under the same id, the other way round it would be missing.
  await deps.notices.settleEscalation({ organizationId, escalationId, outcome: "notified" });
  deps.metrics.delay.observe({}, Math.max(0, deps.now().getTime() - Date.parse(notice.raisedAt)) / 1000);
  deps.log.event("escalation-notified", { org: organizationId, escalationId, count: recipients });
}

async function nobody(
  deps: Deps,
  escalation: Escalation,
  notice: Notice,
  reason: "no_recipient" | "not_configured",
): Promise<NotifyResult> {
  if (notice.state === "notified") return { kind: "notified", fresh: false };
  deps.metrics.notifications.inc({ outcome: reason });
  return await fail(deps, escalation, notice, reason);
}

async function fail(
  deps: Deps,
  escalation: Escalation,
  notice: Notice,
  reason: FailureReason,
): Promise<{ kind: "failed"; reason: FailureReason }> {
  const { organizationId, escalationId } = escalation;
  await deps.publish(
    createEvent({
      ...envelope(deps, escalation, notice),
      type: "escalation.failed",
      id: derivedEventId(escalationId, "failed"),
      data: { escalationId, reason },
    }),
  );
  await deps.notices.settleEscalation({ organizationId, escalationId, outcome: "failed" });
  deps.log.warn("escalation-failed", { org: organizationId, escalationId, reason });
  return { kind: "failed", reason };
}

function envelope(deps: Deps, escalation: Escalation, notice: Notice) {
  const { organizationId, turn, traceparent } = escalation;
  return { source: "notifier", time: deps.now(), organizationId, chat: notice.chat, turn, traceparent };
}

function interrupted(): RetryableError {
  return new RetryableError("notice-interrupted", "The stage is stopping.", { retryAfterMs: 0 });
}
