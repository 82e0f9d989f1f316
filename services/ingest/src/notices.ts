import { PermanentError } from "@skytide/errors";
import {
  createNoticeReceipt,
  createTemplateChanged,
  FLEET,
  type NoticeReceipt,
  type TemplateChanged,
} from "@skytide/events";
import type { WebhookItem } from "@skytide/gupshup";
import type { Logger } from "@skytide/telemetry";
import type { IngestMetrics, RequestKind } from "./metrics.ts";

/** What goes to the operations stream instead of a conversation. */
export type OperationRecord = NoticeReceipt | TemplateChanged;

// What the send call returns. WhatsApp's own ids hold the phone and must not leave the conversations.
const sendId = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What an item of the notices' own app stands for; words of staff stand for nothing. */
function toNoticeRecord(item: WebhookItem, receivedAt: Date): OperationRecord | undefined {
  if (item.kind === "template") return toTemplateRecord(FLEET, item, receivedAt);
  if (item.kind !== "receipt" || item.status === "enqueued" || !sendId.test(item.providerMessageId)) return undefined;
  const { status, code, at = receivedAt } = item;
  const providerMessageId = item.providerMessageId.toLowerCase();
  return createNoticeReceipt({
    providerMessageId,
    status,
    ...(code === undefined ? {} : { code }),
    at: at.toISOString(),
  });
}

/** A template that the provider paused, disabled, approved … */
export function toTemplateRecord(
  organizationId: string,
  item: Extract<WebhookItem, { kind: "template" }>,
  receivedAt: Date,
): OperationRecord {
  const { templateId, status, at = receivedAt } = item;
  return createTemplateChanged(organizationId, { templateId, status, at: at.toISOString() });
}

/** Publishes a record; true when the log had it. What the log will never take is not worth a redelivery. */
export async function publishRecord(
  record: OperationRecord,
  publish: (record: OperationRecord) => Promise<{ duplicate: boolean }>,
): Promise<"accepted" | "duplicate" | "malformed"> {
  try {
    return (await publish(record)).duplicate ? "duplicate" : "accepted";
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return "malformed";
  }
}

interface NoticeDeps {
  publishOperation(record: OperationRecord): Promise<{ duplicate: boolean }>;
  metrics: Pick<IngestMetrics, "items">;
  log: Logger;
  clock(): Date;
}

/** Takes in what comes to the notices' own app: receipts for the notifier; words of staff go nowhere. */
export async function takeNotices(
  items: readonly WebhookItem[],
  kind: RequestKind,
  { publishOperation, metrics, log, clock }: NoticeDeps,
): Promise<{ status: 200 | 503; kind: RequestKind; outcome: "accepted" | "ignored" | "error" }> {
  metrics.items.inc({ item: "notification" }, items.length);
  let outcome: "accepted" | "ignored" = "ignored";
  try {
    for (const item of items) {
      const record = toNoticeRecord(item, clock());
      if (record && (await publishRecord(record, publishOperation)) === "accepted") outcome = "accepted";
    }
  } catch (error) {
    log.error("webhook-not-durable", error, { kind });
    return { status: 503, kind, outcome: "error" };
  }
  return { status: 200, kind, outcome };
}
