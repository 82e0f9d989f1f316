import type { HistogramMetric } from "@skytide/telemetry";

/** More than leave within the time of most receipts. */
const MOST = 5_000;

/** Times from the provider's acceptance to its receipt, of what this process sent itself: another replica times its own. */
export interface DeliveryDelay {
  accepted(providerMessageId: string, at: Date): void;
  delivered(ids: readonly string[], at: Date): void;
}

/** Remembers the newest sends, and forgets each with its first receipt. */
export function createDeliveryDelay(delay: HistogramMetric<{ status: readonly ["delivered"] }>): DeliveryDelay {
  const sent = new Map<string, number>();
  return {
    accepted(providerMessageId, at) {
      sent.set(providerMessageId, at.getTime());
      const [oldest] = sent.keys();
      if (sent.size > MOST && oldest !== undefined) sent.delete(oldest);
    },
    delivered(ids, at) {
      const id = ids.find((one) => sent.has(one));
      const since = id === undefined ? undefined : sent.get(id);
      if (id === undefined || since === undefined) return;
      sent.delete(id);
      delay.observe({ status: "delivered" }, Math.max(0, at.getTime() - since) / 1_000);
    },
  };
}
