import type { Limits, Rate } from "@skytide/coordination";

export interface AdmissionOptions {
  /** The buckets that all replicas share. */
  limits: Pick<Limits, "take">;
  /** Calls per second over all replicas; 0 admits everything. */
  perSecond: number;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  /** Called when the shared buckets cannot be asked, once per outage. */
  onStoreAway(error: unknown): void;
}

/** Whether one more call may come in under a key; at once where this process still has tokens. */
export type Admit = (key: string) => boolean | Promise<boolean>;

// A refill is worth a tenth of a second of calls: ten questions to the store per second at most, none where nobody calls.
const REFILLS_PER_SECOND = 10;
const BURST_SECONDS = 2;
// A caller waits this long for a refill; Gupshup wants its answer fast.
const REFILL_WITHIN_MS = 250;

interface Bucket {
  tokens: number;
  /** No refill before this time. */
  closedUntil: number;
  refill: Promise<void> | undefined;
}

/**
 * Limits calls over all replicas without asking the store for each: every process takes tokens from the shared bucket in
 * portions and spends them by itself (decision 0056). While the store is away each process allows the whole rate alone.
 */
export function createAdmission({ limits, perSecond, now, onStoreAway }: AdmissionOptions): Admit {
  if (perSecond === 0) return () => true;
  const portion = Math.max(1, Math.floor(perSecond / REFILLS_PER_SECOND));
  const portionMs = (1000 * portion) / perSecond;
  const rate: Rate = { tokens: 1, perMs: portionMs, burst: Math.ceil((BURST_SECONDS * perSecond) / portion) };
  const buckets = new Map<string, Bucket>();
  let isAway = false;

  async function refill(key: string, bucket: Bucket): Promise<void> {
    try {
      const taken = await limits.take(key, rate);
      isAway = false;
      if (taken.kind === "ok") bucket.tokens += portion;
      else bucket.closedUntil = now() + taken.ms;
    } catch (error) {
      if (!isAway) onStoreAway(error);
      isAway = true;
      // A limit must never cost more than what it guards against.
      bucket.tokens += portion;
      bucket.closedUntil = now() + portionMs;
    } finally {
      bucket.refill = undefined;
    }
  }

  return (key) => {
    const bucket = buckets.get(key) ?? { tokens: 0, closedUntil: 0, refill: undefined };
    buckets.set(key, bucket);
    // Ahead of need, so that nobody waits while the rate holds.
    if (bucket.tokens <= portion / 2 && now() >= bucket.closedUntil) bucket.refill ??= refill(key, bucket);
    if (spend(bucket)) return true;
    if (bucket.refill === undefined) return false;
    return within(bucket.refill, REFILL_WITHIN_MS).then(() => spend(bucket));
  };
}

function spend(bucket: Bucket): boolean {
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  await Promise.race([work, over.promise]);
  clearTimeout(timer);
}
