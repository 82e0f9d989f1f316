import { setTimeout as pause } from "node:timers/promises";
import { PermanentError } from "@skytide/errors";
import {
  type ConversationEvent,
  type ConversationEventType,
  chatOf,
  createEvent,
  derivedEventId,
  type EventDraft,
  type HashKeys,
} from "@skytide/events";
import type { OutboxRow } from "@skytide/store";
import { type Logger, newTraceparent } from "@skytide/telemetry";
import type { IngestMetrics, RelayOutcome } from "./metrics.ts";

export interface RelayDeps {
  claimOutbox(of: { limit: number; leaseMs: number }): Promise<OutboxRow[]>;
  markOutboxPublished(ids: readonly number[]): Promise<unknown>;
  publish(event: ConversationEvent): Promise<{ duplicate: boolean }>;
  hashKeys: HashKeys;
  /** Longest wait between two looks at an idle outbox. */
  pollMs: number;
  metrics: Pick<IngestMetrics, "relayed">;
  log: Logger;
}

const claim = { limit: 100, leaseMs: 15_000 };
// The first wait after work: a change seldom comes alone. Doubled up to `pollMs`.
const firstWaitMs = 50;
const failureWaitMs = 1_000;

/** Brings the outbox to the log until the signal stops it: row by row in order, each marked only after the log has it. */
export async function runRelay(deps: RelayDeps, signal: AbortSignal): Promise<void> {
  let waitMs = firstWaitMs;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      const moved = await relayOnce(deps);
      isFailing = false;
      waitMs = moved > 0 ? firstWaitMs : Math.min(waitMs * 2, deps.pollMs);
      if (moved === claim.limit) continue;
    } catch (error) {
      deps.metrics.relayed.inc({ outcome: "retried" });
      // Once per outage, not once per try.
      if (!isFailing) deps.log.error("relay-failed", error);
      isFailing = true;
      waitMs = failureWaitMs;
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Publishes what the outbox holds now, up to one claim; returns how many rows it settled. */
export async function relayOnce(deps: RelayDeps): Promise<number> {
  const rows = await deps.claimOutbox(claim);
  const settled: number[] = [];
  try {
    for (const row of rows) {
      deps.metrics.relayed.inc({ outcome: await relayRow(row, deps) });
      settled.push(row.id);
    }
  } finally {
    if (settled.length > 0) await deps.markOutboxPublished(settled);
  }
  return settled.length;
}

async function relayRow(row: OutboxRow, { publish, hashKeys, log }: RelayDeps): Promise<RelayOutcome> {
  const event = toEvent(row, hashKeys);
  const fields = { org: row.organizationId, type: row.type, sequence: row.id };
  if (event === undefined) {
    // Nobody on WhatsApp stands behind the change: no conversation can hear of it.
    log.debug("outbox-row-skipped", fields);
    return "skipped";
  }
  try {
    const { duplicate } = await publish(event);
    log.event("outbox-row-published", { ...fields, conversation: event.chat, messageId: event.id });
    return duplicate ? "duplicate" : "published";
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    // A row that can never be an event must not hold up the others for ever.
    log.error("outbox-row-invalid", error, fields);
    return "invalid";
  }
}

/** The event of a row, with an id that follows from the row; undefined where it belongs to no conversation. */
function toEvent(row: OutboxRow, keys: HashKeys): ConversationEvent | undefined {
  const { id, organizationId, customer, type, data, occurredAt } = row;
  const chat = row.chat ?? (customer && chatOf(keys, organizationId, customer.platform, customer.platformUserId));
  if (chat === null) return undefined;
  const draft = {
    type,
    // With the time: row ids start anew in a new database while the log lives on.
    id: derivedEventId("outbox", organizationId, id, occurredAt),
    source: "ingest",
    time: new Date(occurredAt),
    organizationId,
    chat,
    traceparent: newTraceparent(),
    data,
  };
  // The payload is checked against its type where it is published.
  return createEvent(draft as unknown as EventDraft<ConversationEventType>);
}
