/** A bucket per key: so many at once, one more each `perMs`. */
export interface RateLimit {
  /** Takes one; false when the bucket is empty. */
  take(key: string): boolean;
  clear(): void;
}

/** Creates a rate limit. */
export function createRateLimit(burst: number, perMs: number, now: () => Date): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (key) => {
      const at = now().getTime();
      const bucket = buckets.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, bucket.tokens + (at - bucket.at) / perMs);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      return tokens >= 1;
    },
    clear: () => buckets.clear(),
  };
}
