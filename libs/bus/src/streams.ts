import type { ProvisionOptions } from "./provision-types.ts";

/** The streams of the log. */
export const STREAM_NAMES = ["CONVERSATIONS", "TIMERS", "DEADLETTERS", "OPERATIONS"] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** A stream's configuration as the JetStream API writes it; durations in nanoseconds. */
export type StreamConfig = Readonly<Record<string, unknown>> & { readonly name: string };

const SECOND = 1_000_000_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const KIB = 1_024;
const GIB = KIB * KIB * KIB;

const STREAM_OF_ROOT: Readonly<Record<string, StreamName>> = {
  conv: "CONVERSATIONS",
  timer: "TIMERS",
  due: "TIMERS",
  dead: "DEADLETTERS",
  retry: "DEADLETTERS",
  ops: "OPERATIONS",
};

/** The stream that holds a subject. */
export function streamOf(subject: string): StreamName {
  const stream = STREAM_OF_ROOT[subject.slice(0, subject.indexOf("."))];
  if (!stream) throw new RangeError("the subject belongs to no stream of the log");
  return stream;
}

/** How long what a timer fired stays readable. */
export const FIRED_TTL = "168h";

/** Values kept per key of a journal: the server's limit for a bucket. */
const JOURNAL_HISTORY = 64;

/** Every stream and bucket that this version wants. */
export function wantedStreams({ replicas = 1, maxBytes = 4 * GIB, maxAgeDays = 30 }: ProvisionOptions): StreamConfig[] {
  const stream = (name: StreamName, config: Record<string, unknown>): StreamConfig => ({
    ...{ name, storage: "file", retention: "limits", discard: "old", num_replicas: replicas, allow_direct: true },
    // Purging a subject is how a person is erased, a timer cancelled and a lane trimmed.
    ...{ deny_delete: false, deny_purge: false, max_msgs: -1, max_msgs_per_subject: -1 },
    ...config,
  });
  return [
    stream("CONVERSATIONS", {
      description: "The log: every event of every conversation.",
      subjects: ["conv.*.*.*"],
      max_age: maxAgeDays * DAY,
      max_bytes: maxBytes,
      max_msg_size: 256 * KIB,
      duplicate_window: 5 * MINUTE,
      allow_atomic: true,
      // One header of any of these would let a publisher of one subject wipe others.
      ...{ allow_rollup_hdrs: false, allow_msg_schedules: false, allow_msg_ttl: false },
    }),
    stream("TIMERS", {
      description: "Pending timers and what they fired.",
      subjects: ["timer.>", "due.>"],
      max_age: 0,
      // No limit: it would push pending timers out silently.
      max_bytes: -1,
      max_msg_size: 4 * KIB,
      duplicate_window: 2 * MINUTE,
      // Schedules bring roll-up with them; the server switches it on itself.
      ...{ allow_rollup_hdrs: true, allow_msg_schedules: true, allow_msg_ttl: true },
    }),
    stream("DEADLETTERS", {
      description: "What a stage gave up on, and its replays.",
      subjects: ["dead.*.*.*", "retry.*.*.*"],
      max_age: 90 * DAY,
      max_bytes: Math.min(maxBytes, GIB),
      max_msg_size: 512 * KIB,
      duplicate_window: 5 * MINUTE,
    }),
    stream("OPERATIONS", {
      description: "Audit of operators' changes, misconfigured organizations, receipts of staff notices.",
      subjects: ["ops.*.*"],
      max_age: 365 * DAY,
      max_bytes: Math.min(maxBytes, GIB),
      max_msg_size: 64 * KIB,
      duplicate_window: 5 * MINUTE,
    }),
    // On disk although short-lived: a single server forgets a memory stream altogether when it restarts.
    bucket("LEASES", replicas, { storage: "file", max_msgs_per_subject: 1, allow_msg_ttl: true }),
    bucket("JOURNAL", replicas, { storage: "file", max_msgs_per_subject: JOURNAL_HISTORY, max_age: 60 * MINUTE }),
    bucket("ATTEMPTS", replicas, { storage: "file", max_msgs_per_subject: 1, max_age: DAY }),
    bucket("DESCRIPTIONS", replicas, { storage: "file", max_msgs_per_subject: 1, max_age: 7 * DAY }),
    bucket("LIMITS", replicas, { storage: "file", max_msgs_per_subject: 1, max_age: 60 * MINUTE }),
  ];
}

/** A key-value bucket (ADR-8) without delete markers: nobody watches these keys. */
function bucket(name: string, replicas: number, config: Record<string, unknown>): StreamConfig {
  return {
    ...{ name: `KV_${name}`, subjects: [`$KV.${name}.>`], retention: "limits", discard: "new", num_replicas: replicas },
    ...{
      allow_direct: true,
      deny_delete: false,
      deny_purge: false,
      allow_rollup_hdrs: true,
      max_msgs: -1,
      max_bytes: -1,
    },
    ...{ max_age: 0, max_msg_size: 256 * KIB, duplicate_window: 2 * MINUTE },
    ...config,
  };
}
