import { RetryableError } from "@skytide/errors";
import { type NoticeReceipt, noticeReceiptSchema, type TemplateChanged, templateChangedSchema } from "@skytide/events";
import type { Deps, Escalation } from "./deps.ts";
import { notifyAgain } from "./notify.ts";
import { type HandoffDeps, tellUnanswered } from "./tend-handoff.ts";

/** A receipt may overtake the record of its send; later than this it speaks of something else. */
const UNKNOWN_WAIT_MS = 60_000;
/** A second try is made for everybody, the alternatives included; a third would be noise. */
const LAST_ROUND = 2;
const TROUBLES = ["paused", "disabled", "rejected", "deleted", "flagged"] as const;

interface FailedNotice {
  organizationId: string;
  escalationId: string;
  chat: string | null;
  open: boolean;
  round: number;
  standing: number;
}

interface ReceiptDeps extends HandoffDeps {
  failNotice(of: { providerMessageId: string; code: string }): Promise<FailedNotice | null>;
  /** The ids of the notices' templates. */
  templates: { first: string | undefined; fallback: string | undefined };
}

interface Delivery {
  json: unknown;
  publishedAt: Date;
  signal: AbortSignal;
}

/** What the provider reports about the notification app: notices that failed after they were taken, templates that it paused. */
export function createNoticeReceipts(deps: ReceiptDeps) {
  return async ({ json, publishedAt, signal }: Delivery): Promise<"ok" | "skipped"> => {
    const receipt = noticeReceiptSchema.safeParse(json).data;
    if (receipt !== undefined) return await hearReceipt(deps, receipt, { publishedAt, signal });
    const change = templateChangedSchema.safeParse(json).data;
    return change === undefined ? "skipped" : hearOfTemplate(deps, change);
  };
}

async function hearReceipt(deps: ReceiptDeps, { data }: NoticeReceipt, delivery: Omit<Delivery, "json">) {
  if (data.status !== "failed") return "skipped";
  const { providerMessageId } = data;
  const code = String(data.code ?? "provider");
  const failed = await deps.failNotice({ providerMessageId, code });
  if (failed === null) return waitOrPass(deps, delivery.publishedAt);
  const { organizationId, escalationId, chat, round, open, standing } = failed;
  deps.metrics.notifications.inc({ outcome: "undelivered" });
  await deps.record({ organizationId, escalationId, round, outcome: "undelivered", providerMessageId, code });
  if (!open || standing > 0 || chat === null) return "ok";
  const escalation: Escalation = { organizationId, escalationId, signal: delivery.signal };
  const again = round < LAST_ROUND ? await notifyAgain(deps, escalation, round + 1) : 0;
  if (again === 0) await tellUnanswered(deps, { organizationId, chat }, { escalationId, reason: "undelivered" });
  return "ok";
}

function waitOrPass(deps: Pick<Deps, "now">, publishedAt: Date): "skipped" {
  if (deps.now().getTime() - publishedAt.getTime() > UNKNOWN_WAIT_MS) return "skipped";
  throw new RetryableError("notice-unknown", "A receipt speaks of a notice that is not recorded yet.");
}

function hearOfTemplate(deps: ReceiptDeps, { data }: TemplateChanged): "ok" | "skipped" {
  const template = (["first", "fallback"] as const).find((one) => deps.templates[one] === data.templateId);
  const trouble = TROUBLES.find((one) => one === data.status);
  if (template === undefined || trouble === undefined) return "skipped";
  deps.metrics.templateTroubles.inc({ template, trouble });
  deps.log.warn("notice-template-troubled", { name: template, state: trouble });
  return "ok";
}
