import type { Lane, Stage } from "@skytide/events";
import type { StreamName } from "../streams.ts";

type Bucket = "LEASES" | "JOURNAL" | "LIMITS" | "ATTEMPTS" | "DESCRIPTIONS";
type BucketCall = "STREAM.INFO" | "STREAM.PURGE" | "STREAM.MSG.DELETE" | "DIRECT.GET";

/** What one stage does on the log; `permissions.ts` makes the server's words of it. */
export interface StageAccess {
  /** Lanes of a conversation that it writes. */
  lanes: readonly Lane[];
  /** Durables that it reads, beside its `retry-<stage>`. */
  durables: readonly (readonly [stream: StreamName, name: string])[];
  /** Other subjects that it publishes. */
  publishes?: readonly string[];
  /** Other JetStream calls, without `$JS.API.`. */
  calls?: readonly string[];
  /** Buckets that it writes and reads, with the calls it needs beyond that. */
  buckets?: Partial<Record<Bucket, readonly BucketCall[]>>;
  /** Plain subscriptions beside its own inbox. */
  listens?: readonly string[];
  /** Consumers that it makes for itself, by their literal name: a wildcard would let it take over others'. */
  follows?: readonly (readonly [stream: StreamName, name: string])[];
}

const LEASES: readonly BucketCall[] = ["STREAM.INFO", "STREAM.MSG.DELETE"];

/**
 * The one table of who may do what (decisions/0075). A stage that writes, reads or calls something new gets one more word
 * here; without it the whole fleet says `not-permitted`, on a laptop too.
 */
export const STAGE_ACCESS: Readonly<Record<Stage, StageAccess>> = {
  ingest: {
    lanes: ["inbound", "receipt", "appointment", "contact", "handoff"],
    durables: [["CONVERSATIONS", "recorder"]],
    publishes: ["ops.*.notice", "ops.*.template"],
    buckets: { LIMITS: [] },
  },
  media: {
    lanes: ["inbound"],
    durables: [["CONVERSATIONS", "media"]],
    buckets: { DESCRIPTIONS: ["DIRECT.GET", "STREAM.PURGE", "STREAM.MSG.DELETE"] },
  },
  brain: {
    lanes: ["state", "turn", "reply", "handoff"],
    durables: [
      ["CONVERSATIONS", "debounce"],
      ["TIMERS", "brain"],
    ],
    publishes: ["timer.turn.*.*", "due.turn.*.*", "timer.nudge.*.*", "due.nudge.*.*", "ops.*.spend"],
    // The state is its own to read. Purging trims that lane and keeps each organization's
    // retention; the server cannot limit it to that.
    calls: ["STREAM.MSG.GET.CONVERSATIONS", "DIRECT.GET.CONVERSATIONS", "STREAM.PURGE.CONVERSATIONS"],
    buckets: { LEASES, JOURNAL: ["DIRECT.GET", "STREAM.PURGE"] },
    listens: ["conv.*.*.inbound"],
    follows: [["CONVERSATIONS", "sweep"]],
  },
  outbound: {
    // A reply that cannot reach the customer asks for a person.
    lanes: ["receipt", "handoff"],
    durables: [
      ["CONVERSATIONS", "outbound"],
      ["CONVERSATIONS", "outbound-receipts"],
    ],
    buckets: { LEASES, LIMITS: [] },
    // Whose answer is being written.
    listens: ["conv.*.*.inbound"],
  },
  notifier: {
    lanes: ["reply", "handoff"],
    durables: [
      ["CONVERSATIONS", "notifier"],
      ["TIMERS", "reminders"],
      ["TIMERS", "handoffs"],
      ["OPERATIONS", "notices"],
    ],
    publishes: ["timer.reminder.*.*", "timer.handoff.*.*", "due.handoff.*.*", "due.reminder.*.*", "ops.*.notice"],
    // Purging cancels a timer.
    calls: ["STREAM.PURGE.TIMERS"],
  },
};
