import type { Bus } from "@skytide/bus";
import type { RequestObserver } from "@skytide/telemetry";

export interface CoordinationOptions {
  /** Redis when given, else the JetStream buckets behind `bus`. */
  redisUrl?: string | undefined;
  bus: Bus;
  /** Told how each command of Redis ended. */
  onRequest?: RequestObserver | undefined;
}

/** The exclusive right to work on a key for as long as `lost` is not aborted. For efficiency only: fences keep correctness. */
export interface Lease {
  /** Aborts when the lease was taken by another owner or could not be renewed in time. */
  lost: AbortSignal;
  /** Gives the key back; does nothing to a lease that another owner holds by now. */
  release(): Promise<void>;
}

export interface Leases {
  /** A lease that renews itself, or null while another owner holds the key. */
  acquire(key: string, options?: { ttlMs?: number; renewMs?: number }): Promise<Lease | null>;
}

/** One step's result. */
export interface JournalEntry {
  kind: string;
  result: unknown;
}

/** The results of a turn's steps, in order; they outlive the process for an hour. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** Stores the next step. Throws RetryableError `journal-conflict` when another process appended first. */
  append(entry: JournalEntry): Promise<void>;
  drop(): Promise<void>;
}

export interface Journals {
  open(turnKey: string): Promise<Journal>;
  /** Drops every journal whose key begins with this one and a dot. */
  forget(key: string): Promise<void>;
}

/** A token bucket: `tokens` per `perMs`, at most `burst` at once. */
export interface Rate {
  tokens: number;
  perMs: number;
  burst: number;
}

export interface Limits {
  /** Takes one token of the bucket that all replicas share, or says how long to wait for it. */
  take(key: string, rate: Rate): Promise<{ kind: "ok" } | { kind: "wait"; ms: number }>;
  /** Drops the bucket of a key: the next one begins full. */
  forget(key: string): Promise<void>;
}

export interface Coordination {
  leases: Leases;
  journals: Journals;
  limits: Limits;
  /** Throws RetryableError while the store cannot be reached. */
  check(): Promise<void>;
  /** Stops renewing and closes its own connection; leases still held free themselves. */
  close(): Promise<void>;
}
