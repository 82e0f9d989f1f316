import { PermanentError, RetryableError, TenantConfigError } from "@skytide/errors";
import type { Deps, Escalation, Notice, SendTemplate } from "./deps.ts";
import { toParameters } from "./notice-texts.ts";

/** A person may be told twice, never not at all for fear of it; more than twice would be noise. */
const REPETITIONS = 1;

/** How one person's notice stands. `pending`: not told yet, and worth another try. */
export type RecipientResult =
  | { kind: "accepted"; fresh: boolean }
  | { kind: "rejected"; code: string }
  | { kind: "pending"; cause: RetryableError };

interface Task {
  escalation: Escalation;
  notice: Notice;
  /** Which of the notice's recipients, from 0. */
  recipient: number;
  phone: string;
  /** Which telling it is, from 1. */
  round: number;
}

/** Gupshup's refusal of a call that names no person: the template is not what it was. */
const TEMPLATE_REFUSED = "gupshup-refused";

/** Tells one person under their claim row. */
export async function notifyRecipient(deps: Deps, sendTemplate: SendTemplate, task: Task): Promise<RecipientResult> {
  const { organizationId, escalationId } = task.escalation;
  const key = { organizationId, escalationId, phone: task.phone };
  const { round } = task;
  let claim = await deps.notices.claimNotice({ ...key, round });
  if (claim.kind === "unknown") {
    if (claim.ageMs < deps.policy.uncertainWaitMs) return pending(deps.policy.uncertainWaitMs - claim.ageMs);
    if (claim.attempts > REPETITIONS) return await give(deps, task, { kind: "rejected", code: "send-unknown" });
    claim = await deps.notices.claimNotice({ ...key, round, resend: true });
  }
  if (claim.kind === "unknown") return pending(deps.policy.uncertainWaitMs);
  if (claim.kind === "accepted") return { kind: "accepted", fresh: false };
  if (claim.kind === "rejected") return { kind: "rejected", code: "rejected-before" };
  deps.crashPoint("after_claim_before_send");
  return await call(deps, sendTemplate, task);
}

async function call(deps: Deps, sendTemplate: SendTemplate, task: Task): Promise<RecipientResult> {
  const { organizationId, escalationId } = task.escalation;
  const key = { organizationId, escalationId, phone: task.phone };
  let result: Awaited<ReturnType<SendTemplate>>;
  try {
    result = await sendByEither(deps, sendTemplate, task);
  } catch (error) {
    if (error instanceof RetryableError) {
      deps.metrics.notifications.inc({ outcome: "error" });
      await deps.notices.settleNotice({ ...key, outcome: "released", code: error.code });
      return { kind: "pending", cause: error };
    }
    if (!(error instanceof PermanentError || error instanceof TenantConfigError)) throw error;
    return await give(deps, task, { kind: "rejected", code: error.code });
  }
  deps.crashPoint("after_send_before_record");
  if (result.kind === "uncertain") {
    deps.metrics.notifications.inc({ outcome: "timeout" });
    await deps.notices.settleNotice({ ...key, outcome: "unknown" });
    return pending(deps.policy.uncertainWaitMs);
  }
  return await give(deps, task, { kind: "accepted", providerMessageId: result.providerMessageId });
}

/** By the second template while the first one is refused; a refusal that is new is answered with the second one at once. */
async function sendByEither(deps: Deps, sendTemplate: SendTemplate, { escalation, notice, phone }: Task) {
  const { organizationId } = escalation;
  const request = { organizationId, destination: phone, parameters: toParameters(notice) };
  const fallback = notice.templateRefused && deps.hasFallback;
  try {
    return await sendTemplate({ ...request, fallback });
  } catch (error) {
    if (!(error instanceof PermanentError) || error.code !== TEMPLATE_REFUSED) throw error;
    deps.metrics.templateTroubles.inc({ template: fallback ? "fallback" : "first", trouble: "refused" });
    deps.log.warn("notice-template-refused", { code: error.code, name: fallback ? "fallback" : "first" });
    if (fallback || !deps.hasFallback) throw error;
    return await sendTemplate({ ...request, fallback: true });
  }
}

type Given = { kind: "accepted"; providerMessageId: string } | { kind: "rejected"; code: string };

/** Settles a notice for good, and says so where operators look. */
async function give(deps: Deps, task: Task, given: Given): Promise<RecipientResult> {
  const { organizationId, escalationId } = task.escalation;
  const { kind: outcome, ...detail } = given;
  await deps.notices.settleNotice({ organizationId, escalationId, phone: task.phone, outcome, ...detail });
  deps.metrics.notifications.inc({ outcome });
  await deps.record({ organizationId, escalationId, recipient: task.recipient, round: task.round, outcome, ...detail });
  return given.kind === "accepted" ? { kind: "accepted", fresh: true } : given;
}

function pending(retryAfterMs: number): RecipientResult {
  const text = "The result of a notice is not known yet.";
  return { kind: "pending", cause: new RetryableError("notice-uncertain", text, { retryAfterMs }) };
}
