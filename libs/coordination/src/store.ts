import type { Journals, Limits } from "./types.ts";

/** A key taken in the store. */
export interface Grip {
  /** False when the key is not ours any more. */
  renew(): Promise<boolean>;
  /** Frees the key if it is still ours. */
  release(): Promise<void>;
}

/** What Redis and JetStream each implement. */
export interface CoordinationStore {
  /** Null while somebody else has the key. */
  take(key: string, ttlMs: number): Promise<Grip | null>;
  journals: Journals;
  limits: Limits;
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Steps that one journal holds: far above a turn's step budget, at most what a bucket keeps per key. */
export const JOURNAL_LIMIT = 64;
/** Long enough for the longest turn with all its retries. */
export const JOURNAL_TTL_MS = 60 * 60 * 1_000;

const KEY = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** A key of tokens that are safe in subjects. Throws RangeError. */
export function checkKey(key: string): string {
  if (!KEY.test(key)) throw new RangeError("a coordination key holds a character that is not allowed");
  return key;
}
