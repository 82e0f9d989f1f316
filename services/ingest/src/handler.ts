import { PermanentError } from "@skytide/errors";
import type { ConversationEvent, HashKeys } from "@skytide/events";
import { parseWebhook, type Webhook, type WebhookItem } from "@skytide/gupshup";
import type { Connection } from "@skytide/store";
import { type Logger, newTraceparent, traceIdOf } from "@skytide/telemetry";
import type { Admit } from "./admission.ts";
import type { ConnectionDirectory, Resolution } from "./connections.ts";
import { countedAs, isEventful, isUnsupported, kindOf } from "./judge-item.ts";
import type { IngestMetrics, RequestKind, RequestOutcome, UnresolvedReason } from "./metrics.ts";
import { type OperationRecord, publishRecord, takeNotices, toTemplateRecord } from "./notices.ts";
import { type Delivery, type EventfulItem, toEvents } from "./to-events.ts";
import { isSecret } from "./verify-secret.ts";

export interface Deps {
  connections: Pick<ConnectionDirectory, "resolve">;
  /** Resolves when the log confirmed the event. */
  publish(event: ConversationEvent): Promise<{ duplicate: boolean }>;
  /** The same of a record for operators and the notifier. */
  publishOperation(record: OperationRecord): Promise<{ duplicate: boolean }>;
  hashKeys: HashKeys;
  secretRequired: boolean;
  /** Whether one more call of an organization, and of anybody, may come in now. */
  admit: { connection: Admit; total: Admit };
  /** App whose messages are answers of staff to notices. */
  notificationApp: string | undefined;
  /** That app's secret, where it is no organization's connection. */
  notificationSecret: string | undefined;
  metrics: Pick<IngestMetrics, "share" | "unresolved" | "items" | "unverified" | "shed">;
  log: Logger;
  clock(): Date;
}

export interface WebhookCall {
  body: string;
  /** Secrets that came with the call, by header or path. */
  secrets: readonly (string | undefined)[];
}

/** What to answer, and what the call counts as. The answer's body is empty, always. */
export interface WebhookAnswer {
  status: 200 | 400 | 401 | 404 | 503;
  kind: RequestKind;
  outcome: RequestOutcome;
}

type Understood = Extract<Webhook, { kind: "webhook" }>;

/** Takes in a webhook call: 200 only once everything in it is durable, or needs nothing. */
export function createHandler(deps: Deps) {
  return async (call: WebhookCall): Promise<WebhookAnswer> => {
    const webhook = parseWebhook(parseJson(call.body));
    if (webhook.kind === "invalid") return refuse(deps, { status: 400, kind: "other", reason: "bad_payload" });
    const kind = kindOf(webhook);
    const resolution = deps.connections.resolve(webhook.app);
    if (isNotification(webhook, resolution, deps)) {
      const webhookSecret =
        (resolution.kind === "found" && resolution.connection.webhookSecret) || deps.notificationSecret;
      if (isVerified(webhookSecret, call, deps)) return await takeNotices(webhook.items, kind, deps);
      return refuse(deps, { status: 401, kind, reason: "bad_signature" });
    }
    if (resolution.kind === "not-loaded") return { status: 503, kind, outcome: "error" };
    if (resolution.kind === "unknown") return refuse(deps, { status: 404, kind, reason: "unknown_app" });
    const { connection } = resolution;
    if (!isVerified(connection.webhookSecret, call, deps)) {
      return refuse(deps, { status: 401, kind, reason: "bad_signature", org: connection.organizationId });
    }
    // Only who has the secret spends of a limit: strangers must not be able to use it up.
    if (!(await isAdmitted(connection, deps))) return { status: 503, kind, outcome: "shed" };
    const { version, items } = webhook;
    const delivery = { connection, version, receivedAt: deps.clock(), traceparent: newTraceparent() };
    return await takeIn(items, kind, delivery, deps);
  };
}

function refuse(
  { metrics, log }: Deps,
  refusal: { status: 400 | 401 | 404; kind: RequestKind; reason: UnresolvedReason; org?: string },
): WebhookAnswer {
  metrics.unresolved.inc({ reason: refusal.reason });
  log.warn("webhook-refused", refusal);
  return { status: refusal.status, kind: refusal.kind, outcome: "rejected" };
}

/** Staff answer to a notice: by the name in the body, or by that of the connection where only the id is in the body. */
function isNotification({ app }: Understood, resolution: Resolution, { notificationApp }: Deps): boolean {
  const name = resolution.kind === "found" ? resolution.connection.appName : app.name;
  return notificationApp !== undefined && name === notificationApp;
}

function isVerified(secret: string | null | undefined, call: WebhookCall, { secretRequired, metrics }: Deps): boolean {
  if (typeof secret === "string") return isSecret(secret, call.secrets);
  if (!secretRequired) metrics.unverified.inc({});
  return !secretRequired;
}

async function isAdmitted({ organizationId }: Connection, { admit, metrics }: Deps): Promise<boolean> {
  const limit = !(await admit.connection(`webhook.${organizationId}`))
    ? "connection"
    : !(await admit.total("webhook.all"))
      ? "total"
      : undefined;
  if (limit !== undefined) metrics.shed.inc({ limit });
  return limit === undefined;
}

async function takeIn(
  items: readonly WebhookItem[],
  kind: RequestKind,
  delivery: Delivery,
  deps: Deps,
): Promise<WebhookAnswer> {
  const outcomes: ItemOutcome[] = [];
  try {
    for (const item of items) outcomes.push(await takeInOne(item, delivery, deps));
  } catch (error) {
    const org = delivery.connection.organizationId;
    deps.log.error("webhook-not-durable", error, { org, kind, traceId: traceIdOf(delivery.traceparent) });
    return { status: 503, kind, outcome: "error" };
  }
  if (outcomes.length > 0 && outcomes.every((outcome) => outcome === "malformed")) {
    return { status: 400, kind, outcome: "rejected" };
  }
  const outcome = (["accepted", "duplicate"] as const).find((one) => outcomes.includes(one)) ?? "ignored";
  return { status: 200, kind, outcome };
}

type ItemOutcome = "accepted" | "duplicate" | "ignored" | "malformed";

async function takeInOne(item: WebhookItem, delivery: Delivery, deps: Deps): Promise<ItemOutcome> {
  const { metrics } = deps;
  const counted = countedAs(item, delivery);
  metrics.items.inc({ item: counted });
  if (isUnsupported(item)) metrics.unresolved.inc({ reason: "unsupported_type" });
  if (item.kind === "malformed") {
    metrics.unresolved.inc({ reason: "bad_payload" });
    return "malformed";
  }
  if (item.kind === "template") {
    const record = toTemplateRecord(delivery.connection.organizationId, item, delivery.receivedAt);
    return await publishRecord(record, deps.publishOperation);
  }
  if (counted === "own_number" || !isEventful(item)) return "ignored";
  try {
    return await publishAll(item, delivery, deps);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    // What the log will never take is not worth a redelivery, and must not hold up what came with it.
    metrics.unresolved.inc({ reason: "bad_payload" });
    deps.log.error("webhook-item-refused", error, { org: delivery.connection.organizationId, kind: item.kind });
    return "malformed";
  }
}

async function publishAll(item: EventfulItem, delivery: Delivery, deps: Deps): Promise<ItemOutcome> {
  const events = toEvents(item, delivery, deps.hashKeys);
  let outcome: ItemOutcome = "duplicate";
  for (const event of events) {
    const { duplicate } = await deps.publish(event);
    if (!duplicate) outcome = "accepted";
  }
  if (item.kind === "message" && outcome === "accepted") {
    deps.metrics.share.observe({ stage: "ingest" }, (deps.clock().getTime() - delivery.receivedAt.getTime()) / 1_000);
  }
  logTaken(deps, item, events[0], { outcome, durationMs: deps.clock().getTime() - delivery.receivedAt.getTime() });
  return outcome;
}

function logTaken(
  { log }: Deps,
  item: EventfulItem,
  event: ConversationEvent | undefined,
  taken: { outcome: string; durationMs: number },
): void {
  if (event === undefined) return;
  const kind = item.kind === "message" ? contentOf(item.content) : item.kind;
  const fields = {
    org: event.org,
    conversation: event.chat,
    messageId: event.id,
    type: event.type,
    kind,
    ...taken,
    traceId: traceIdOf(event.traceparent),
  };
  if (item.kind === "receipt") log.debug("receipt-received", fields);
  else log.event("message-received", fields);
}

/** Of media, which. */
function contentOf(content: Extract<EventfulItem, { kind: "message" }>["content"]): string {
  return content.kind === "media" ? content.mediaType : content.kind;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
