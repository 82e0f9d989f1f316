import { STAGES } from "@skytide/events";
import type { StreamName } from "./streams.ts";

export interface WantedConsumer {
  stream: StreamName;
  name: string;
  config: Readonly<Record<string, unknown>>;
}

/** Working messages renew it every third of it; a dead worker's come back after it. */
const ACK_WAIT_NANOSECONDS = 12 * 1_000_000_000;
/** Over all replicas: the surplus of busy organizations (decisions/0060) beside what is handled and what waits for a retry. */
const MAX_ACK_PENDING = 20_000;

const FILTERS: readonly (readonly [stream: StreamName, name: string, ...filters: string[]])[] = [
  ["CONVERSATIONS", "debounce", "conv.*.*.inbound", "conv.*.*.handoff"],
  ["TIMERS", "brain", "due.turn.>", "due.nudge.>"],
  ["CONVERSATIONS", "media", "conv.*.*.inbound"],
  ["CONVERSATIONS", "outbound", "conv.*.*.reply"],
  ["CONVERSATIONS", "outbound-receipts", "conv.*.*.receipt"],
  ["CONVERSATIONS", "notifier", "conv.*.*.handoff", "conv.*.*.appointment"],
  ["TIMERS", "reminders", "due.reminder.>"],
  ["TIMERS", "handoffs", "due.handoff.>"],
  ["OPERATIONS", "notices", "ops.fleet.notice", "ops.*.template"],
  ["CONVERSATIONS", "recorder", "conv.*.*.inbound", "conv.*.*.reply", "conv.*.*.receipt"],
];

const RETRIES = STAGES.map((stage) => ["DEADLETTERS", `retry-${stage}`, `retry.${stage}.>`] as const);

/** The durable consumers of the fleet, in the order of a message's way. */
export const DURABLES: readonly { stream: StreamName; name: string; filters: readonly string[] }[] = [
  ...FILTERS,
  ...RETRIES,
].map(([stream, name, ...filters]) => ({ stream, name, filters }));

/** Every durable consumer that this version wants. */
export function wantedConsumers(replicas: number): WantedConsumer[] {
  return [...FILTERS, ...RETRIES].map(([stream, name, ...filters]) => ({
    stream,
    name,
    config: {
      durable_name: name,
      filter_subjects: filters,
      deliver_policy: "all",
      ack_policy: "explicit",
      ack_wait: ACK_WAIT_NANOSECONDS,
      // A stage gives up by its deadline, not by a count: restarts raise the count of healthy messages.
      max_deliver: -1,
      max_ack_pending: MAX_ACK_PENDING,
      num_replicas: replicas,
    },
  }));
}
