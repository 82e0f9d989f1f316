import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import type { ReplyRequested } from "@skytide/events";
import { type FailureClass, failureClassOf, tenantFaultOf } from "@skytide/gupshup";
import { escalate } from "./escalate.ts";
import { type FailedSend, idsOf, type LateDeps, type LateFailure, type LateOutcome } from "./late-types.ts";
import { resend } from "./resend.ts";
import { templateSetting } from "./template-fallback.ts";

/** Classes about which nothing can be done but to say so: the recorder marks the message. */
const FINAL: readonly FailureClass[] = ["recipient", "frequency", "other"];
const MATCH_RETRY_MS = 5000;

/** Acts on a message that was accepted and failed later (decisions/0066). */
export async function actOnLateFailure(deps: LateDeps, failure: LateFailure): Promise<LateOutcome> {
  const { event } = failure;
  const { providerCode } = event.data;
  const failureClass = failureClassOf(providerCode);
  if (FINAL.includes(failureClass)) return "skipped";
  const send = await findSend(deps, failure);
  if (send === null) return "skipped";
  if (failure.replayed) return await resend(deps, failure, send, send.asTemplate);
  if (failureClass === "account" || failureClass === "stop") await closeApp(deps, failure, send, failureClass);
  if (failureClass === "stop" || failureClass === "transient")
    return await resend(deps, failure, send, send.asTemplate);
  if (failureClass === "content") throw new PermanentError("content-refused", "WhatsApp refused a message's content.");
  if (failureClass === "window") {
    if (send.templateId !== null && !send.asTemplate) return await resend(deps, failure, send, true);
    await askForPerson(deps, send, "window-closed");
    return "skipped";
  }
  if (failureClass === "template") await askForPerson(deps, send, "template-refused");
  const fault = tenantFaultOf(providerCode);
  if (fault === undefined) return "skipped";
  const setting = failureClass === "template" ? await templateSettingOf(deps, send) : fault.setting;
  // Ends as a dead letter that can be given back when the organization has mended it.
  throw new TenantConfigError(fault.code, "The provider failed a message for the organization's account or template.", {
    organizationId: event.org,
    setting,
  });
}

async function templateSettingOf(deps: LateDeps, { sequence, replyId }: FailedSend): Promise<string> {
  const original = await deps.readReply(sequence);
  return templateSetting(original?.event.id === replyId ? original.event : undefined);
}

/** A receipt can be faster than our own record of the send; and some speak of messages that others sent through the app. */
async function findSend(deps: LateDeps, { event, publishedAt }: LateFailure): Promise<FailedSend | null> {
  const send = await deps.failedSends.find({ organizationId: event.org, chat: event.chat, ids: idsOf(event) });
  if (send !== null) return send;
  if (deps.now().getTime() - publishedAt.getTime() < deps.policy.lateMatchMs)
    throw new RetryableError("receipt-unmatched", "A failure speaks of a message that is not recorded yet.", {
      retryAfterMs: MATCH_RETRY_MS,
    });
  deps.metrics.lateActions.inc({ action: "unmatched" });
  return null;
}

async function closeApp(deps: LateDeps, { event }: LateFailure, send: FailedSend, kind: "account" | "stop") {
  if (send.appName === null || !send.current) return;
  const fault = tenantFaultOf(event.data.providerCode) ?? { code: "gupshup-stop-sending", setting: "gupshup_app_name" };
  const { org: organizationId } = event;
  const waits = kind === "stop";
  const circuit = await deps.circuits.report({
    ...{ organizationId, appName: send.appName, ...fault, waits, late: true },
    ...{ patienceMs: 0, pauseMs: deps.policy.circuitPauseMs, sentAt: send.claimedAt },
  });
  if (!circuit.opened) return;
  deps.metrics.circuitsOpened.inc({ kind: waits ? "paused" : "blocked" });
  deps.log.warn("app-blocked", { org: organizationId, code: fault.code, setting: fault.setting });
}

async function askForPerson(deps: LateDeps, { sequence, replyId }: FailedSend, code: string): Promise<void> {
  const original = await deps.readReply(sequence);
  const reply: ReplyRequested | undefined = original?.event;
  if (reply?.id === replyId) await escalate(deps, reply, code);
}
