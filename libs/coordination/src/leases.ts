import { RetryableError } from "@skytide/errors";
import { type CoordinationStore, checkKey, type Grip } from "./store.ts";
import type { Lease, Leases } from "./types.ts";

/** A crashed owner's key is free again within 10 s, with the store's own delay (decisions/0013). */
const TTL_MS = 9_000;
const RENEW_MS = 3_000;
/** After a renewal that nobody answered. */
const RETRY_MS = 500;

/** Leases on a store; `close` stops the renewing of those still held. */
export function createLeases(store: CoordinationStore): Leases & { close(): void } {
  const held = new Set<() => void>();
  return {
    async acquire(key, { ttlMs = TTL_MS, renewMs = RENEW_MS } = {}) {
      const sentAt = performance.now();
      const grip = await store.take(checkKey(key), ttlMs);
      if (!grip) return null;
      const { lease, stop } = hold(grip, { ttlMs, renewMs, sentAt }, () => held.delete(stop));
      held.add(stop);
      return lease;
    },
    close() {
      for (const stop of held) stop();
    },
  };
}

interface Times {
  ttlMs: number;
  renewMs: number;
  sentAt: number;
}

/** Renews until released, stopped or lost. Time runs from before each request, so we give up before the store does. */
function hold(grip: Grip, { ttlMs, renewMs, sentAt }: Times, onEnd: () => void): { lease: Lease; stop(): void } {
  const lost = new AbortController();
  let expiry: NodeJS.Timeout | undefined;
  let next: NodeJS.Timeout | undefined;
  let ended = false;
  const stop = () => {
    ended = true;
    clearTimeout(expiry);
    clearTimeout(next);
    onEnd();
  };
  const lose = () => {
    if (ended) return;
    stop();
    lost.abort(new RetryableError("lease-lost", "The lease on the conversation was lost."));
  };
  const heldSince = (at: number) => {
    clearTimeout(expiry);
    expiry = setTimeout(lose, at + ttlMs - performance.now()).unref();
  };
  const renewIn = (ms: number) => {
    next = setTimeout(() => void renew(), ms).unref();
  };
  const renew = async () => {
    const at = performance.now();
    try {
      if (!(await grip.renew())) return lose();
      if (ended) return;
      heldSince(at);
      renewIn(renewMs);
    } catch {
      // Not knowing is not losing: the expiry decides.
      if (!ended) renewIn(RETRY_MS);
    }
  };
  heldSince(sentAt);
  renewIn(renewMs);
  const release = async () => {
    if (ended) return;
    stop();
    // Best effort: a key that cannot be freed now frees itself.
    await grip.release().catch(() => {});
  };
  return { lease: { lost: lost.signal, release }, stop };
}
