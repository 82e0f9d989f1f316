import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import type { OutgoingMessage } from "@skytide/events";
import type { Deps, Part, PartResult, SendClaim } from "./deps.ts";
import type { SendKind } from "./metrics.ts";
import { templateOf, templateSetting } from "./template-fallback.ts";
import { release } from "./throttle.ts";

/** Waits between tries to record an accepted send; together below the drain deadline. */
const SETTLE_RETRY_MS = [250, 1000, 3000] as const;

type Claimed = Extract<SendClaim, { kind: "claimed" }>;

/** The one call of a claim, and what its answer means for the claim. */
export async function callProvider(deps: Deps, part: Part, claim: Claimed): Promise<PartResult> {
  const { organizationId, replyId, index } = part.key;
  const { apiKey, appName, source, destination, resends, templateId } = claim;
  const message = templateId === null ? part.message : templateOf(deps, part, templateId);
  const kind = kindOf(message);
  const request = { apiKey, appName, source, destination, organizationId, message, reference: replyId };
  let result: Awaited<ReturnType<Deps["provider"]["send"]>>;
  try {
    result = await deps.provider.send(request);
  } catch (error) {
    return await refused(deps, part, { error, claim, kind });
  }
  deps.crashPoint("after_send_before_record");
  if (result.kind === "uncertain") {
    deps.metrics.sends.inc({ kind, outcome: "timeout" });
    await deps.sends.settle({ ...part.key, outcome: "unknown" });
    throw new RetryableError("send-uncertain", "The provider took the call and gave no usable answer.", {
      retryAfterMs: deps.policy.uncertainPollMs,
    });
  }
  deps.metrics.sends.inc({ kind, outcome: "accepted" });
  const { appId, inboundMessageId } = claim;
  if (index === 0 && resends === 0 && appId !== null && inboundMessageId !== null)
    deps.provider.markRead({ organizationId, apiKey, appId, providerMessageId: inboundMessageId });
  return await settleAccepted(deps, part, { providerMessageId: result.providerMessageId, message, resends });
}

/** How the metrics call a message. */
export function kindOf({ kind }: OutgoingMessage): SendKind {
  return kind === "template" || kind === "media" ? kind : "text";
}

/** Tries again here before it gives up: without this row only a receipt could tell that the message was sent. */
export async function settleAccepted(
  deps: Deps,
  part: Part,
  accepted: { providerMessageId: string; message: OutgoingMessage; resends: number },
): Promise<PartResult> {
  const { providerMessageId } = accepted;
  for (const delayMs of [...SETTLE_RETRY_MS, null]) {
    try {
      await deps.sends.settle({ ...part.key, outcome: "accepted", providerMessageId });
      break;
    } catch (error) {
      if (delayMs === null || !(error instanceof RetryableError)) throw error;
      await deps.wait(delayMs, part.signal);
    }
  }
  return { kind: "sent", ...accepted, fresh: true };
}

interface Refusal {
  error: unknown;
  claim: Claimed;
  kind: SendKind;
}

/** The provider surely did not take the message: give the claim back, or settle it as refused. Anything else leaves it uncertain. */
async function refused(deps: Deps, part: Part, { error, claim, kind }: Refusal): Promise<PartResult> {
  if (error instanceof RetryableError) {
    deps.metrics.sends.inc({ kind, outcome: error.code === "gupshup-rate-limited" ? "rate_limited" : "error" });
    // The provider asks the whole app to stop for a while: so does every replica.
    if (error.code === STOP_SENDING)
      await report(deps, part, claim, { code: error.code, setting: "gupshup_app_name", waits: true, patienceMs: 0 });
    await release(deps, part, error.code);
    throw error;
  }
  if (!(error instanceof PermanentError || error instanceof TenantConfigError)) throw error;
  deps.metrics.sends.inc({ kind, outcome: "rejected" });
  if (error instanceof TenantConfigError && error.setting !== TEMPLATE) {
    const { code, setting } = error;
    const circuit = await report(deps, part, claim, { code, setting, waits: false });
    if (!circuit.open) {
      // One refusal may be the provider's own trouble: it has to go on for a while.
      await release(deps, part, code);
      throw new RetryableError("app-refused", "The provider refused the app.", { retryAfterMs: PROBE_MS });
    }
  }
  const { code } = error;
  await deps.sends.settle({ ...part.key, outcome: "rejected", code });
  const unreachable = kind === "template" || code === "window-closed";
  return { kind: "failed", code, fresh: true, unreachable, cause: ofTemplate(part, error) };
}

/** The provider's door knows that it is a template, the reply knows whose. */
function ofTemplate(part: Part, error: PermanentError | TenantConfigError): PermanentError | TenantConfigError {
  if (!(error instanceof TenantConfigError) || error.setting !== TEMPLATE) return error;
  const { code, message, organizationId } = error;
  return new TenantConfigError(code, message, { organizationId, setting: templateSetting(part.reply), cause: error });
}

/** As the provider's door names them. */
const STOP_SENDING = "gupshup-stop-sending";
const TEMPLATE = "template";
/** Between the refusals that decide whether an app is refused at all. */
const PROBE_MS = 3000;

async function report(
  deps: Deps,
  part: Part,
  { appName }: Claimed,
  refusal: { code: string; setting: string; waits: boolean; patienceMs?: number },
) {
  const { circuitPatienceMs: patienceMs, circuitPauseMs: pauseMs } = deps.policy;
  const { organizationId } = part.key;
  const circuit = await deps.circuits.report({ organizationId, appName, late: false, patienceMs, pauseMs, ...refusal });
  if (circuit.opened) {
    deps.metrics.circuitsOpened.inc({ kind: refusal.waits ? "paused" : "blocked" });
    deps.log.warn("app-blocked", { org: organizationId, code: refusal.code, setting: refusal.setting });
  }
  return circuit;
}
